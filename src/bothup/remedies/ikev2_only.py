"""The tunnel takes IKEv2 and nothing else

## What it does
Restricts the tunnel's IKE versions to `ikev2`, which Security Hub control EC2.183 asks for.

## When
Only where the tunnel's own status proves that the device negotiates IKEv2 on it today
(GetActiveVpnTunnelStatus). Where it negotiates IKEv1, or nothing because the tunnel is down, the
tunnel would not come back, so the step is refused; what the device needs is said instead.

## Risk
The tunnel is down for some minutes while AWS replaces its endpoint.

## How to undo
`bothup undo PLAN` allows the former versions, which takes the tunnel down once more.
"""

from collections.abc import Iterator

from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.remedy import Negotiated, Proposal, Refusal, Remedy
from bothup.model.tunnel_settings import effective, settings_of

REMEDY = Remedy(id="ikev2-only", controls=("EC2.183",))


def propose(
    tunnel: Tunnel, connection: VpnConnection, negotiated: Negotiated
) -> Iterator[Proposal | Refusal]:
    """Propose IKEv2 alone where the device is proven to speak it."""
    if tunnel.options is None:
        return
    if effective(settings_of(tunnel.options), "IKEVersions") == ["ikev2"]:
        return
    if connection.category == "VPN-Classic":
        yield Refusal(reason="AWS Classic VPN knows no IKEv2; only a new connection does")
        return
    version = negotiated.here.ike_version if negotiated.here else None
    if version == "ikev2":
        yield Proposal(
            why="the tunnel also takes IKEv1, which the device does not use",
            settings={"IKEVersions": ["ikev2"]},
        )
    elif version is not None:
        yield Refusal(
            reason=f"the device negotiates {_spelt(version)}: with IKEv2 alone the tunnel would "
            "stay down",
            do_on_device=("move the tunnel to IKEv2 on the device, then plan again",),
        )
    else:
        reason = negotiated.problem or "the tunnel negotiates nothing now"
        yield Refusal(
            reason=f"nothing proves that the device speaks IKEv2 on this tunnel: {reason}",
            do_on_device=("configure the tunnel for IKEv2, bring it up, then plan again",),
            unread=bool(negotiated.problem),
        )


def _spelt(version: str) -> str:
    return version.replace("ikev", "IKEv")
