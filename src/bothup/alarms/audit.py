"""Audit: a finding of every check on every alarm, topic and connection that it is about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from bothup.alarms.check import ALARM, CONNECTION, TOPIC, Check, all_checks
from bothup.alarms.here import Here
from bothup.engine.judge import finding_id, tunnels_of, worst_first
from bothup.model.alarm import Alarm, Topic, Watched
from bothup.model.connection import GONE, Malformed, VpnConnection
from bothup.model.finding import Finding, Reason, Resource, Status
from bothup.model.target import Target


def audit(
    reads: Sequence[Watched], topics: Mapping[str, Topic], now: datetime
) -> tuple[Finding, ...]:
    """Judge all that was read; the findings come sorted, worst first."""
    checks = all_checks()
    found: list[Finding] = []
    for read in reads:
        found += audit_target(Here(read, dict(topics), now), checks)
    found += audit_topics(reads, topics, checks)
    return tuple(sorted(found, key=worst_first))


def audit_target(here: Here, checks: Iterable[Check] = ()) -> Iterator[Finding]:
    """Judge the connections and the alarms of one Target."""
    for check in checks or all_checks():
        if check.resource == CONNECTION:
            yield from (_of_connection(check, each, here) for each in here.read.records)
        elif check.resource == ALARM:
            for alarm in here.read.alarms:
                yield _finding(check, alarm.target, _alarm(alarm), check.flaws(alarm, here))


def audit_topics(
    reads: Iterable[Watched], topics: Mapping[str, Topic], checks: Iterable[Check] = ()
) -> Iterator[Finding]:
    """Judge each topic for all alarms that send to it, wherever they are."""
    sending: defaultdict[str, list[Alarm]] = defaultdict(list)
    for read in reads:
        for alarm in read.alarms:
            for arn in alarm.actions:
                sending[arn].append(alarm)
    for check in checks or all_checks():
        if check.resource == TOPIC:
            for arn, topic in sorted(topics.items()):
                parts = arn.split(":")
                target = Target(account=parts[4], region=parts[3])
                resource = Resource(type=TOPIC, id=parts[-1], arn=arn)
                found = _finding(check, target, resource, check.flaws(topic, tuple(sending[arn])))
                yield msgspec.structs.replace(found, notices=tuple(check.notices(topic)))


def _of_connection(check: Check, record: VpnConnection | Malformed, here: Here) -> Finding:
    tags = record.tags if isinstance(record, VpnConnection) else {}
    resource = Resource(
        type=CONNECTION,
        id=record.id,
        arn=record.target.ec2_arn(f"vpn-connection/{record.id}"),
        name=tags.get("Name"),
        tags=tags,
    )
    if isinstance(record, Malformed):
        reason = Reason(code="malformed-record", text=record.problem)
        return _finding(check, record.target, resource, (reason,), unclear=("malformed-record",))
    if record.state in GONE:
        found = _finding(check, record.target, resource, ())
        reason = Reason(code=f"state-{record.state}", text=f"the connection is {record.state}")
        found = msgspec.structs.replace(found, status=Status.NOT_APPLICABLE, reasons=(reason,))
    else:
        found = _finding(check, record.target, resource, check.flaws(record, here))
    return msgspec.structs.replace(found, tunnels=tunnels_of(record))


def _alarm(alarm: Alarm) -> Resource:
    kind = "AWS::CloudWatch::CompositeAlarm" if alarm.composite else ALARM
    return Resource(type=kind, id=alarm.name, arn=alarm.arn)


def _finding(
    check: Check,
    target: Target,
    resource: Resource,
    flaws: Iterable[Reason],
    *,
    unclear: Iterable[str] = (),
) -> Finding:
    reasons = tuple(flaws)
    soft = check.unclear.union(unclear)
    status = Status.PASSED
    if reasons:
        vague = all(each.code in soft for each in reasons)
        status = Status.NOT_AVAILABLE if vague else Status.FAILED
    return Finding(
        id=finding_id(check.id, target, resource.id),
        control=check.id,
        title=check.page.title,
        severity=check.severity,
        status=status,
        account=target.account,
        region=target.region,
        resource=resource,
        reasons=reasons,
    )
