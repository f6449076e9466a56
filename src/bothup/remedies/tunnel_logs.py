"""The tunnel writes its logs to CloudWatch

## What it does
Turns on the tunnel activity log (IKE, IPsec, dead peer detection), and on connections with dynamic
routing the BGP log. A log that is on already, and where it goes, stays as it is. The log group is
created where it is missing, with the retention and the KMS key that were asked for; its name begins
with /aws/vendedlogs/ so that it needs no place in the account's log resource policy.

## When
On every tunnel whose log is off. Security Hub control EC2.171 asks for the activity log of both
tunnels; without logs nobody can tell afterwards why a tunnel went down.

## Risk
AWS replaces the tunnel's endpoint to turn logs on: the tunnel is down for some minutes. CloudWatch
charges for what is written.

## How to undo
`bothup undo PLAN` turns the logs off again, which takes the tunnel down once more. Log groups that
were created stay, with what was written to them.
"""

from collections.abc import Iterator

import msgspec

from bothup.model.connection import Routing, Tunnel, VpnConnection
from bothup.model.remedy import LogWish, Proposal, Refusal, Remedy
from bothup.model.tunnel_settings import LOGS, log_settings

REMEDY = Remedy(id="tunnel-logs", controls=("EC2.171",))


def propose(
    tunnel: Tunnel, connection: VpnConnection, wish: LogWish
) -> Iterator[Proposal | Refusal]:
    """Propose the activity log, and the BGP log where routing is dynamic."""
    if tunnel.options is None:
        return
    logs, off = tunnel.options.logs, []
    if not logs.activity_enabled:
        off.append("activity")
        logs = msgspec.structs.replace(
            logs, activity_enabled=True, activity_group_arn=wish.arn, activity_format="json"
        )
    if connection.routing is Routing.BGP and not logs.bgp_enabled:
        off.append("BGP")
        logs = msgspec.structs.replace(
            logs, bgp_enabled=True, bgp_group_arn=wish.arn, bgp_format="json"
        )
    if off:
        yield Proposal(
            why=f"the {' and '.join(off)} log{'s are' if len(off) > 1 else ' is'} off",
            settings={LOGS: log_settings(logs)},
            log_groups=(wish.tunnels,),
        )
