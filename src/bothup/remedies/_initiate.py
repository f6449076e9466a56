"""What keeps AWS from beginning IKE: its rules for both tunnel initiation options.

AWS begins with IKEv2 alone, needs the device's address, and can tell a device behind NAT only by an
IKE identity (Site-to-Site VPN user guide, "Tunnel initiation options").
"""

from collections.abc import Iterator

from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.remedy import Gateway, Nat, Negotiated, Refusal
from bothup.model.tunnel_settings import effective, settings_of


def obstacle(
    tunnel: Tunnel, connection: VpnConnection, gateway: Gateway, negotiated: Negotiated, nat: Nat
) -> Refusal | None:
    """Say what is known to keep AWS from it; what no evidence tells is no obstacle."""
    if connection.category == "VPN-Classic":
        return Refusal(reason="AWS Classic VPN knows no IKEv2, with which alone AWS initiates")
    if gateway.found is None:
        problem = gateway.problem or "it was not read"
        text = f"whether AWS knows the device's address is not known: {problem}"
        return Refusal(reason=text, unread=True)
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
    if "ikev2" not in _allowed(tunnel):
        return Refusal(
            reason="the tunnel allows IKEv1 only, and AWS initiates with IKEv2 alone",
            do_on_device=("move the device to IKEv2, then allow it on the tunnel",),
        )
    if _version(negotiated) == "ikev1":
        return Refusal(
            reason="the device negotiates IKEv1, and AWS initiates with IKEv2 alone",
            do_on_device=("move the tunnel to IKEv2 on the device, then plan again",),
        )
    return None


def unproven(tunnel: Tunnel, negotiated: Negotiated) -> Refusal | None:
    """Say what is missing where neither tunnel shows that the device speaks IKEv2."""
    sibling = negotiated.sibling.ike_version if negotiated.sibling else None
    if "ikev2" in (_version(negotiated), sibling) or _allowed(tunnel) == ["ikev2"]:
        return None
    reason = negotiated.problem or "no tunnel of the connection negotiates now"
    text = f"nothing proves that the device speaks IKEv2: {reason}"
    return Refusal(reason=text, unread=bool(negotiated.problem))


def assumptions(negotiated: Negotiated, nat: Nat) -> Iterator[str]:
    """Yield what has to be taken for granted."""
    if _version(negotiated) is None:
        yield "the device speaks IKEv2 on this tunnel (nothing shows it now)"
    if nat.behind is None:
        yield "the device is not behind NAT, or has an IKE identity (no evidence of either)"


def _version(negotiated: Negotiated) -> str | None:
    return negotiated.here.ike_version if negotiated.here else None


def _allowed(tunnel: Tunnel) -> list[str]:
    assert tunnel.options is not None
    allowed: list[str] = effective(settings_of(tunnel.options), "IKEVersions")
    return allowed
