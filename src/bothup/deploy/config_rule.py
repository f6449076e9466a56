"""The function behind a custom rule of AWS Config: `bothup.deploy.config_rule.handler`.

It judges a control live, at a change of a connection or periodically, where AWS's own rule may
notice up to a day late, and puts one verdict on each resource. What could not be judged is
NOT_APPLICABLE, with the reason: AWS Config takes no INSUFFICIENT_DATA from a rule, and a verdict
left out would leave the one before, which may be COMPLIANT.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.change.put_evaluations import put
from bothup.aws.clients import Clients
from bothup.aws.collect import vpn_connections
from bothup.aws.collect.evaluations import evaluated
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.pacing import Pacer
from bothup.aws.selection import Selection, accounts
from bothup.aws.session import Session
from bothup.aws.ways import Ways
from bothup.aws.wire import Wire
from bothup.deploy.config_event import Resource, RuleEvent, read_event
from bothup.engine.controls import Rule, rule
from bothup.engine.judge import judge
from bothup.errors import AwsError, UsageError
from bothup.model.connection import Malformed, VpnConnection
from bothup.model.finding import Finding, Status
from bothup.model.target import Target
from bothup.read.describe import read_connection

_SECONDS = 60.0
_LONGEST = 256
_CONNECTIONS = 8
_NOT_FOUND = "InvalidVpnConnectionID.NotFound"
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
    chosen = rule(event.control)
    if chosen.subject is not VpnConnection:
        raise UsageError(f"{event.control} is not about VPN connections; this rule is")
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
    if resource.gone or resource.type != chosen.control.resource:
        return _verdict(resource.type, resource.id, "NOT_APPLICABLE", "", event)
    try:
        answer = await call("ec2", "DescribeVpnConnections", {"VpnConnectionIds": [resource.id]})
    except AwsError as error:
        if error.code == _NOT_FOUND:
            gone = "the connection is gone"
            return _verdict(resource.type, resource.id, "NOT_APPLICABLE", gone, event)
        raise
    now = datetime.now(UTC)
    records = [read_connection(each, target, now) for each in answer.get("VpnConnections", ())]
    for each in _judged(records, chosen, event):
        if each["ComplianceResourceId"] == resource.id:
            return each
    raise AwsError(f"AWS's description of {resource.id} cannot be read")


async def _all(call: Call, target: Target, event: RuleEvent, chosen: Rule) -> list[Evaluation]:
    """Judge everything; what was judged before and is gone is no longer applicable."""
    kind = chosen.control.resource
    before = [] if event.test else await evaluated(call, event.rule)
    try:
        records = await vpn_connections.collect(call, target)
    except AwsError as error:
        green = [each for each in before if each.compliant]
        why = f"could not be read: {error}"
        lost = [_verdict(each.type, each.id, "NOT_APPLICABLE", why, event) for each in green]
        await put(call, lost, event.token, test=event.test)
        raise
    found = list(_judged(records, chosen, event))
    names = {each["ComplianceResourceId"] for each in found}
    for each in before:
        if each.id not in names and each.type == kind:
            text = "the connection is gone"
            found.append(_verdict(kind, each.id, "NOT_APPLICABLE", text, event))
    # AWS Config waits for a verdict even where there is nothing to judge.
    account = _verdict(_ACCOUNT, event.account, "NOT_APPLICABLE", "no VPN connection here", event)
    return found or [account]


def _judged(
    records: Iterable[VpnConnection | Malformed], chosen: Rule, event: RuleEvent
) -> Iterator[Evaluation]:
    for finding in judge(records, [chosen]):
        kind = _APPLICABLE.get(finding.status, "NOT_APPLICABLE")
        resource = finding.resource
        yield _verdict(resource.type, resource.id, kind, _why(finding), event)


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
