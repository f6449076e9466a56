"""Cisco ASA: an SLA monitor; traffic starts at the interface on which the tunnel ends.

Source: "Cisco ASA Series General Operations CLI Configuration Guide", static route tracking.
"""

from collections.abc import Iterator, Sequence

from bothup.keepalive.inside import Inside
from bothup.keepalive.snippets import INTERVAL

TITLE = "SLA monitor; TUNNEL_n is the nameif of the tunnel interface with that inside address"
COMMENT = "!"


def render(tunnels: Sequence[Inside]) -> Iterator[str]:
    """Yield an SLA monitor for each tunnel, started for ever."""
    for each in tunnels:
        yield f"! tunnel {each.number}, outside address {each.outside_ip}, inside {each.device}"
        yield f"sla monitor {each.tag}"
        yield f" type echo protocol ipIcmpEcho {each.aws} interface TUNNEL_{each.number}"
        yield f" frequency {INTERVAL}"
        yield f"sla monitor schedule {each.tag} life forever start-time now"
        yield f"track {each.tag} rtr {each.tag} reachability"
