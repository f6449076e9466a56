"""The loss of a tunnel and of a connection should page somebody

## What it checks
For every connection, whether an alarm that is right in all respects tells somebody when a tunnel is
down (for each tunnel), and when the whole connection is lost.

## Why it matters
The loss of the first tunnel is not noticed by anybody: traffic goes on through the second one. Then
that one goes.

## How to fix it
`bothup alarms apply --topic ARN` makes the alarms that are missing.

## When it is a false positive
Where something else watches the tunnels: a monitoring system that reads the metrics, or
`bothup watch`. Mute it with a reason.
"""

from collections.abc import Iterator

from bothup.alarms.heard import covering, scopes, unheard
from bothup.alarms.here import Here
from bothup.alarms.scope import Kind, Scope
from bothup.model.connection import VpnConnection
from bothup.model.finding import Reason, Severity

SEVERITY = Severity.HIGH
RESOURCE = "AWS::EC2::VPNConnection"
UNCLEAR = ("topic-unread",)


def flaws(connection: VpnConnection, here: Here) -> Iterator[Reason]:
    """Yield what could happen to a connection without anybody being told."""
    for wanted in scopes(connection):
        alarms = {each.name: unheard(each, here) for each in covering(wanted, here)}
        if not alarms:
            yield _missing(wanted)
        elif all(alarms.values()):
            name, reasons = min(alarms.items(), key=lambda each: len(each[1]))
            code = "not-paged"
            if all(each.code == "topic-unread" for each in reasons):
                code = "topic-unread"
            why = "; ".join(each.text for each in reasons)
            text = f"{_what(wanted)} pages nobody: {name}: {why}"
            yield Reason(code=code, text=text, tunnel=wanted.tunnel or None)


def _missing(wanted: Scope) -> Reason:
    text = f"{_what(wanted)} has no alarm"
    if wanted.kind is Kind.LOST:
        return Reason(code="no-connection-alarm", text=text)
    return Reason(code="no-tunnel-alarm", text=text, tunnel=wanted.tunnel)


def _what(wanted: Scope) -> str:
    if wanted.kind is Kind.LOST:
        return "the loss of the connection"
    return f"the loss of tunnel {wanted.tunnel}"
