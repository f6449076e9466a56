"""The tunnels' logs in CloudWatch: activity (IKE and IPsec) and BGP, each around the last changes.

The two are switched on one by one, each with a log group of its own or the same one. A stream is
named for the connection and the tunnel's outside IP; how exactly is not documented, so the streams
are listed (AWS Site-to-Site VPN User Guide, "AWS Site-to-Site VPN logs").
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from bothup.aws.collect._command import command
from bothup.aws.collect._log_lines import TooLong, filtered, milliseconds, queried
from bothup.aws.collect.incident import Span
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Absent, Document, Subject, Wanted, lacking, listed, merged
from bothup.errors import AwsError
from bothup.model.bundle import LogSource
from bothup.model.connection import Routing, Tunnel, TunnelOptions
from bothup.model.diagnosis import EvidenceKind, MissingEvidence
from bothup.read.logs import aws_activity, aws_bgp

PERMISSIONS = (
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetQueryResults",
    "logs:StartQuery",
)

# Longer times are left to Logs Insights, which goes through them many times faster.
LARGE = timedelta(days=1)
_KINDS = {
    LogSource.AWS: (EvidenceKind.ACTIVITY_LOG, "activity log", ""),
    LogSource.AWS_BGP: (EvidenceKind.BGP_LOG, "BGP log", "Bgp"),
}
_GONE = "ResourceNotFoundException"


class _Log(msgspec.Struct, frozen=True, kw_only=True):
    """One log of one tunnel; `shared` says that both its logs go to the same group."""

    source: LogSource
    connection: str
    tunnel: str
    group: str
    shared: bool
    spans: tuple[Span, ...]

    @property
    def kind(self) -> EvidenceKind:
        """The kind of evidence that it is."""
        return _KINDS[self.source][0]

    @property
    def what(self) -> str:
        """Its name in a sentence."""
        return f"the {_KINDS[self.source][1]} of {self.tunnel}"


def wanted(subject: Subject) -> Iterator[Wanted | MissingEvidence]:
    """Want both logs of every tunnel; a BGP log is there on connections with BGP only."""
    for tunnel in subject.tunnels:
        yield from _wanted(subject, tunnel, LogSource.AWS)
        if subject.connection.routing is not Routing.STATIC:
            yield from _wanted(subject, tunnel, LogSource.AWS_BGP)


def _wanted(
    subject: Subject, tunnel: Tunnel, source: LogSource
) -> Iterator[Wanted | MissingEvidence]:
    logs = (tunnel.options or TunnelOptions()).logs
    arns = {LogSource.AWS: logs.activity_group_arn, LogSource.AWS_BGP: logs.bgp_group_arn}
    enabled = logs.activity_enabled if source is LogSource.AWS else logs.bgp_enabled
    group = _group(arns[source])
    if not enabled or group is None:
        yield _off(subject, tunnel, source)
        return
    log = _Log(
        source=source,
        connection=subject.connection.id,
        tunnel=tunnel.outside_ip,
        group=group,
        shared=logs.activity_enabled and logs.bgp_enabled and len(set(arns.values())) == 1,
        spans=subject.spans(tunnel),
    )
    yield Wanted(
        kind=log.kind,
        what=log.what,
        command=_command(subject, log, log.spans[0]),
        fetch=partial(_fetch, subject, log),
    )


def _off(subject: Subject, tunnel: Tunnel, source: LogSource) -> MissingEvidence:
    kind, name, prefix = _KINDS[source]
    options = f"{prefix}LogEnabled=true,{prefix}LogGroupArn=LOG_GROUP_ARN"
    params = {
        "VpnConnectionId": subject.connection.id,
        "VpnTunnelOutsideIpAddress": tunnel.outside_ip,
        "TunnelOptions": f"LogOptions={{CloudWatchLogOptions={{{options}}}}}",
    }
    return MissingEvidence(
        kind=kind,
        why=f"the {name} of {tunnel.outside_ip} is off; it tells of what comes after it is turned "
        "on, and turning it on interrupts this tunnel for some minutes",
        how_to_get=command("ec2", "ModifyVpnTunnelOptions", subject.target.region, params),
    )


def _group(arn: str | None) -> str | None:
    """Take the group's name out of its ARN, which may end in `:*`."""
    return (arn or "").removesuffix(":*").rpartition(":log-group:")[2] or None


def _command(subject: Subject, log: _Log, span: Span) -> str:
    params = {
        "logGroupName": log.group,
        "logStreamNamePrefix": log.connection,
        "startTime": milliseconds(span.start),
        "endTime": milliseconds(span.end),
    }
    return command("logs", "FilterLogEvents", subject.target.region, params)


async def _fetch(subject: Subject, log: _Log, call: Call) -> Document:
    document: Document = {}
    lines: list[dict[str, Any]] = []
    try:
        streams = await _streams(call, log)
        for span in log.spans if streams else ():
            read = queried if span.length > LARGE else filtered
            try:
                lines += await read(call, log.group, streams, span)
            except TooLong as cut:
                lines += cut.lines
                document = merged([document, _unread(subject, log, cut.rest)])
    except AwsError as error:
        if error.code == _GONE:
            raise Absent(f"{log.what}: the log group {log.group} is gone") from None
        raise
    own = [each for each in lines if not log.shared or _is_of(log.source, each["message"])]
    read_log = {"source": log.source.value, "tunnel": log.tunnel, "lines": own}
    return document | {"logs": [read_log]}


def _is_of(source: LogSource, line: str) -> bool:
    """Which of the two logs a line is of, where both go to one group: that is told by its text."""
    bgp = aws_bgp.detect([line]) > aws_activity.detect([line])
    return bgp is (source is LogSource.AWS_BGP)


def _unread(subject: Subject, log: _Log, rest: Span) -> Document:
    between = f"{rest.start:%Y-%m-%d %H:%M:%S} and {rest.end:%Y-%m-%d %H:%M:%S} UTC"
    return lacking(
        MissingEvidence(
            kind=log.kind,
            why=f"{log.what} is too long to be read whole: not read between {between}",
            how_to_get=_command(subject, log, rest),
        )
    )


async def _streams(call: Call, log: _Log) -> list[str]:
    """Find the streams of one of the tunnel's logs; there are none while nothing was written."""
    params: dict[str, Any] = {"logGroupName": log.group, "logStreamNamePrefix": log.connection}
    named: list[str] = []
    while True:
        answer = await call("logs", "DescribeLogStreams", params)
        named += [str(each.get("logStreamName")) for each in listed(answer, "logStreams")]
        if not answer.get("nextToken"):
            break
        params = {**params, "nextToken": answer["nextToken"]}
    return [name for name in named if _names(name, log.tunnel)]


def _names(stream: str, address: str) -> bool:
    """Whether a stream's name holds the address, with whatever separates its parts."""
    parts = "[.:_-]".join(map(re.escape, re.split("[.:]", address)))
    return bool(re.search(rf"(?<![0-9a-fA-F]){parts}(?![0-9]|[.:][0-9])", stream))
