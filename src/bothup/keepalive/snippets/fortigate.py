"""FortiGate: a link monitor, which here only sends: a lost answer withdraws no route.

Source: "FortiOS CLI Reference", system link-monitor; its interval is in milliseconds.
"""

from collections.abc import Iterator, Sequence

from bothup.keepalive.inside import Inside
from bothup.keepalive.snippets import INTERVAL

TITLE = "link-monitor; TUNNEL_n is the phase 1 interface with that inside address"
COMMENT = "#"


def render(tunnels: Sequence[Inside]) -> Iterator[str]:
    """Yield a link monitor for each tunnel."""
    yield "config system link-monitor"
    for each in tunnels:
        yield f"    edit {each.name}"
        yield f"        # outside address {each.outside_ip}"
        yield f'        set srcintf "TUNNEL_{each.number}"'
        yield f"        set source-ip {each.device}"
        yield f"        set server {each.aws}"
        yield "        set protocol ping"
        yield f"        set interval {INTERVAL * 1000}"
        yield "        set update-static-route disable"
        yield "    next"
    yield "end"
