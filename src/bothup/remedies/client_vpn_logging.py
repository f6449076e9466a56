"""The Client VPN endpoint logs who connects

## What it does
Turns on the connection log of a Client VPN endpoint: requests, results, reasons of failures, ends
of sessions. The log group and the stream are created where they are missing.

## When
On every endpoint whose connection log is off, which Security Hub control EC2.51 finds.

## Risk
None: sessions go on. CloudWatch charges for what is written.

## How to undo
`bothup undo PLAN` turns the log off again. The log group stays, with what was written to it.
"""

from collections.abc import Iterator

import msgspec

from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.remedy import LogWish, Proposal, Refusal, Remedy

REMEDY = Remedy(id="client-vpn-logging", controls=("EC2.51",))


def propose(endpoint: ClientVpnEndpoint, wish: LogWish) -> Iterator[Proposal | Refusal]:
    """Propose the connection log, a stream for each endpoint."""
    if endpoint.log_enabled is None:
        text = "AWS does not say whether the connection log is on"
        yield Refusal(reason=text, unread=True)
    if endpoint.log_enabled is not False:
        return
    group = msgspec.structs.replace(wish.clients, stream=endpoint.id)
    yield Proposal(
        why="the connection log is off",
        settings={
            "ConnectionLogOptions": {
                "Enabled": True,
                "CloudwatchLogGroup": group.name,
                "CloudwatchLogStream": endpoint.id,
            }
        },
        log_groups=(group,),
    )
