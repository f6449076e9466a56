"""AWS restarts IKE when the device stops answering (DPD action restart)

## What it does
Sets the dead peer detection time-out action to `restart`: when the device no longer answers, AWS
begins a new IKE session at once. With the default, `clear`, it ends the session and waits.

## When
On every tunnel with another action, where AWS knows the device's address: it has to call it.

## Risk
The tunnel is down for some minutes while AWS replaces its endpoint.

## How to undo
`bothup undo PLAN` sets the former action, which takes the tunnel down once more.
"""

from collections.abc import Iterator

from bothup.model.connection import Tunnel
from bothup.model.remedy import Gateway, Proposal, Refusal, Remedy

REMEDY = Remedy(id="dpd-restart", controls=("EC2.20",))


def propose(tunnel: Tunnel, gateway: Gateway) -> Iterator[Proposal | Refusal]:
    """Propose to restart after a dead peer time-out."""
    if tunnel.options is None or tunnel.options.dpd_action == "restart":
        return
    if gateway.found is not None and gateway.found.ip_address is None:
        yield Refusal(reason=f"customer gateway {gateway.found.id} has no IP address to call")
        return
    action = tunnel.options.dpd_action or "clear"
    yield Proposal(
        why=f"when the device stops answering, AWS gives up (DPD action {action})",
        settings={"DPDTimeoutAction": "restart"},
    )
