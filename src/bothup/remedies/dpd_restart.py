"""AWS restarts IKE when the device stops answering (DPD action restart)

## What it does
Sets the dead peer detection time-out action to `restart`: when the device no longer answers, AWS
begins a new IKE session at once. With the default, `clear`, it ends the session and waits.

## When
On every tunnel with another action, unless AWS is known to be unable to begin: it does so with
IKEv2 alone, has to know the device's address, and can tell a device behind NAT only by an IKE
identity.

## Risk
The tunnel is down for some minutes while AWS replaces its endpoint.

## How to undo
`bothup undo PLAN` sets the former action, which takes the tunnel down once more.
"""

from collections.abc import Iterator

from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.remedy import Gateway, Nat, Negotiated, Proposal, Refusal, Remedy
from bothup.remedies._initiate import assumptions, obstacle

REMEDY = Remedy(id="dpd-restart", controls=("EC2.20",))


def propose(
    tunnel: Tunnel, connection: VpnConnection, gateway: Gateway, negotiated: Negotiated, nat: Nat
) -> Iterator[Proposal | Refusal]:
    """Propose to restart after a dead peer time-out; where AWS cannot, nothing would come of it."""
    if tunnel.options is None or tunnel.options.dpd_action == "restart":
        return
    action = tunnel.options.dpd_action or "clear"
    yield obstacle(tunnel, connection, gateway, negotiated, nat) or Proposal(
        why=f"when the device stops answering, AWS gives up (DPD action {action})",
        settings={"DPDTimeoutAction": "restart"},
        assumes=tuple(assumptions(negotiated, nat)),
    )
