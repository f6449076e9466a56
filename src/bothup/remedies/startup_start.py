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
from bothup.model.tunnel_settings import effective, settings_of

REMEDY = Remedy(id="startup-start", controls=("EC2.20",))


def propose(
    tunnel: Tunnel, connection: VpnConnection, gateway: Gateway, negotiated: Negotiated, nat: Nat
) -> Iterator[Proposal | Refusal]:
    """Propose StartupAction start where AWS is able to initiate."""
    if tunnel.options is None or tunnel.options.startup_action == "start":
        return
    if refusal := _obstacle(tunnel, connection, gateway, negotiated, nat):
        yield refusal
        return
    yield Proposal(
        why="AWS waits for the device to bring the tunnel up (StartupAction add)",
        settings={"StartupAction": "start"},
        assumes=tuple(_assumptions(negotiated, nat)),
    )


def _obstacle(
    tunnel: Tunnel, connection: VpnConnection, gateway: Gateway, negotiated: Negotiated, nat: Nat
) -> Refusal | None:
    if connection.category == "VPN-Classic":
        return Refusal(reason="AWS Classic VPN knows no IKEv2, with which alone AWS initiates")
    if gateway.found is None:
        problem = gateway.problem or "it was not read"
        return Refusal(reason=f"whether AWS knows the device's address is not known: {problem}")
    if gateway.found.ip_address is None:
        return Refusal(
            reason=f"customer gateway {gateway.found.id} has no IP address, so AWS cannot initiate",
            do_on_device=("create a customer gateway with the device's address and move to it",),
        )
    if nat.behind and nat.identity is False:
        return Refusal(
            reason="the device is behind NAT and has no IKE identity that AWS could tell it by",
            do_on_device=("set its local IKE identity to the customer gateway's public address",),
        )
    return _ike_obstacle(tunnel, negotiated)


def _ike_obstacle(tunnel: Tunnel, negotiated: Negotiated) -> Refusal | None:
    assert tunnel.options is not None
    allowed = effective(settings_of(tunnel.options), "IKEVersions")
    if "ikev2" not in allowed:
        return Refusal(
            reason="the tunnel allows IKEv1 only, and AWS initiates with IKEv2 alone",
            do_on_device=("move the device to IKEv2, then allow it on the tunnel",),
        )
    here = negotiated.here.ike_version if negotiated.here else None
    sibling = negotiated.sibling.ike_version if negotiated.sibling else None
    if here == "ikev2" or (here is None and (sibling == "ikev2" or allowed == ["ikev2"])):
        return None
    if here is None:
        reason = negotiated.problem or "no tunnel of the connection negotiates now"
        return Refusal(reason=f"nothing proves that the device speaks IKEv2: {reason}")
    return Refusal(
        reason="the device negotiates IKEv1, and AWS initiates with IKEv2 alone",
        do_on_device=("move the tunnel to IKEv2 on the device, then plan again",),
    )


def _assumptions(negotiated: Negotiated, nat: Nat) -> Iterator[str]:
    if negotiated.here is None or negotiated.here.ike_version is None:
        yield "the device speaks IKEv2 on this tunnel (it negotiates nothing here now)"
    if nat.behind is None:
        yield "the device is not behind NAT, or has an IKE identity (no evidence of either)"
