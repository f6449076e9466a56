"""AWS brings the tunnel up by itself (StartupAction start)

## What it does
Sets StartupAction to `start`: whenever the tunnel is down, because its endpoint was replaced, the
line failed or its options were changed, AWS starts the IKE negotiation. With the default, `add`, it
waits for the customer gateway device to do so, and many devices only do when there is traffic to
send.

## When
Only where AWS can: it initiates with IKEv2 alone, so the device must be seen to speak it; AWS must
know the device's address, which a customer gateway with a certificate need not have; and a device
behind NAT must have an IKE identity, for AWS cannot tell it by its address.

## Risk
The tunnel is down for some minutes while AWS replaces its endpoint. It comes back by itself: from
then on AWS initiates.

## How to undo
`bothup undo PLAN` sets the former StartupAction, which takes the tunnel down once more.
"""

from collections.abc import Iterator

from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.remedy import Gateway, Nat, Negotiated, Proposal, Refusal, Remedy
from bothup.remedies._initiate import assumptions, obstacle, unproven

REMEDY = Remedy(id="startup-start", controls=("EC2.20",))


def propose(
    tunnel: Tunnel, connection: VpnConnection, gateway: Gateway, negotiated: Negotiated, nat: Nat
) -> Iterator[Proposal | Refusal]:
    """Propose StartupAction start where AWS is able to initiate."""
    if tunnel.options is None or tunnel.options.startup_action == "start":
        return
    refusal = obstacle(tunnel, connection, gateway, negotiated, nat)
    yield (
        refusal
        or unproven(tunnel, negotiated)
        or Proposal(
            why="AWS waits for the device to bring the tunnel up (StartupAction add)",
            settings={"StartupAction": "start"},
            assumes=tuple(assumptions(negotiated, nat)),
        )
    )
