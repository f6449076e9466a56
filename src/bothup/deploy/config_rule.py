"""The function behind a custom rule of AWS Config: `bothup.deploy.config_rule.handler`.

It judges a control live, at a change of a resource or periodically, where AWS's own rule may
notice up to a day late, and puts one verdict on each resource. What could not be judged is
NOT_APPLICABLE, with the reason: AWS Config takes no INSUFFICIENT_DATA from a rule, and a verdict
left out would leave the one before, which may be COMPLIANT.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.change.put_evaluations import put
from bothup.aws.clients import Clients
from bothup.aws.collect.evaluations import evaluated
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.pacing import Pacer
from bothup.aws.reading import read
from bothup.aws.selection import Selection, accounts
from bothup.aws.session import Session
from bothup.aws.ways import Ways
from bothup.aws.wire import Wire
from bothup.deploy.config_event import Resource, RuleEvent, read_event
from bothup.engine.controls import Rule, select
from bothup.engine.judge import judge
from bothup.errors import AwsError, UsageError
from bothup.model.finding import Finding, Status
from bothup.model.target import Target

_SECONDS = 60.0
_LONGEST = 256
_CONNECTIONS = 8
_GONE = "the resource is gone"
_APPLICABLE = {Status.PASSED: "COMPLIANT", Status.FAILED: "NON_COMPLIANT"}
_ACCOUNT = "AWS::::Account"

Evaluation = dict[str, Any]


def handler(event: Mapping[str, Any], context: object) -> dict[str, int]:  # noqa: ARG001 - Lambda's
    """Evaluate what the event asks for; returns how many verdicts of each kind were put.

    Raises UsageError for an event that is none, AwsError where AWS refuses or does not answer:
    AWS Config then shows that the rule failed.
    """
    return asyncio.run(_evaluate(read_event(event)))


async def _evaluate(event: RuleEvent) -> dict[str, int]:
    own = {event.control: event.parameters} if event.parameters else {}
    chosen, *more = select([event.control], own)
    if more:
        raise UsageError(f"a rule is about one control; {event.control!r} names several")
    async with _way(event) as (call, target):
        if event.resource:
            found = [await _changed(call, target, event, chosen, event.resource)]
        else:
            found = await _all(call, target, event, chosen)
        await put(call, found, event.token, test=event.test)
    kinds = [each["ComplianceType"] for each in found]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


@asynccontextmanager
async def _way(event: RuleEvent) -> AsyncIterator[tuple[Call, Target]]:
    """Open the way to the rule's account, in the function's own Region."""
    session, pacer, run = Session(), Pacer(), Budget.of(_SECONDS)
    target = Target(account=event.account, region=session.home_region)
    named = (event.account,) if event.role_name else ()
    wanted = Selection(named=named, role_name=event.role_name)
    wire = Wire(ca_bundle=session.ca_bundle, per_host=_CONNECTIONS, total=_CONNECTIONS)
    async with wire, Clients() as clients:
        caller = Caller(wire, session, pacer)
        reached = await accounts(wanted, session=session, caller=caller, run=run)
        yield Ways(caller, clients, reached, run).to(target, _SECONDS), target


async def _changed(
    call: Call, target: Target, event: RuleEvent, chosen: Rule, resource: Resource
) -> Evaluation:
    kind, name = resource.type, resource.id
    if resource.gone or kind != chosen.control.resource:
        return _verdict(kind, name, "NOT_APPLICABLE", "", event)
    try:
        judged = await _findings(call, target, chosen)
    except AwsError as error:
        lost = _verdict(kind, name, "NOT_APPLICABLE", f"could not be read: {error}", event)
        await put(call, [lost], event.token, test=event.test)
        raise
    for finding in judged:
        if finding.resource.id == name:
            return _evaluation(finding, event)
    return _verdict(kind, name, "NOT_APPLICABLE", _GONE, event)


async def _all(call: Call, target: Target, event: RuleEvent, chosen: Rule) -> list[Evaluation]:
    """Judge everything; what was judged before and is gone is no longer applicable."""
    kind = chosen.control.resource
    before = [] if event.test else await evaluated(call, event.rule)
    try:
        judged = await _findings(call, target, chosen)
    except AwsError as error:
        green = [each for each in before if each.compliant]
        why = f"could not be read: {error}"
        lost = [_verdict(each.type, each.id, "NOT_APPLICABLE", why, event) for each in green]
        await put(call, lost, event.token, test=event.test)
        raise
    found = [_evaluation(each, event) for each in judged]
    names = {each["ComplianceResourceId"] for each in found}
    found += (
        _verdict(kind, each.id, "NOT_APPLICABLE", _GONE, event)
        for each in before
        if each.id not in names and each.type == kind
    )
    # AWS Config waits for a verdict even where there is nothing to judge.
    account = _verdict(_ACCOUNT, event.account, "NOT_APPLICABLE", "nothing to judge here", event)
    return found or [account]


async def _findings(call: Call, target: Target, chosen: Rule) -> list[Finding]:
    """Read what the control needs, and judge it; raises AwsError where that cannot be read."""
    beside: dict[type, object] = {}
    found: list[Finding] = []

    def take(kind: type, page: Sequence[Any]) -> None:
        if kind is chosen.subject:
            found.extend(judge(page, [chosen], beside))
        else:
            (beside[kind],) = page

    for gap in await read(call, target, {chosen.control.id: chosen.kinds}, take):
        raise gap.error
    return found


def _evaluation(finding: Finding, event: RuleEvent) -> Evaluation:
    kind = _APPLICABLE.get(finding.status, "NOT_APPLICABLE")
    return _verdict(finding.resource.type, finding.resource.id, kind, _why(finding), event)


def _why(finding: Finding) -> str:
    reasons = "; ".join(each.text for each in finding.reasons)
    unclear = finding.status is Status.NOT_AVAILABLE
    return f"could not be judged: {reasons}" if unclear else reasons


def _verdict(kind: str, name: str, compliance: str, why: str, event: RuleEvent) -> Evaluation:
    found: Evaluation = {
        "ComplianceResourceType": kind,
        "ComplianceResourceId": name,
        "ComplianceType": compliance,
        "OrderingTimestamp": event.at,
    }
    if why:
        found["Annotation"] = why if len(why) <= _LONGEST else why[: _LONGEST - 1] + "…"
    return found
