"""NAT, by what a bundle's logs and device configurations tell: whether, and with which identity."""

from collections.abc import Iterator

from bothup.model.bundle import Bundle
from bothup.model.event import EventKind, Side
from bothup.model.remedy import Nat


def nat_of(bundle: Bundle) -> Nat:
    """Say whether the device is behind NAT; the last word of the logs counts."""
    said = list(_said(bundle))
    configured = [tunnel for each in bundle.device_config for tunnel in each.tunnels]
    identities = [bool(tunnel.local_identity) for tunnel in configured]
    return Nat(behind=said[-1] if said else None, identity=all(identities) if identities else None)


def _said(bundle: Bundle) -> Iterator[bool]:
    """Yield what events say of it: AWS's log on every line, a device's when it finds out."""
    for log in bundle.logs:
        for event in log.events:
            if "nat_t" in event.details and event.side is Side.AWS:
                yield event.details["nat_t"]
            elif event.kind is EventKind.NAT_DETECTED:
                ours = "remote" if event.side is Side.AWS else "local"
                yield event.details.get("nat", ours) in (ours, "both")
