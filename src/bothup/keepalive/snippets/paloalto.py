"""Palo Alto: the tunnel monitor, which sends without end and renegotiates a dead tunnel.

Source: "PAN-OS Administrator's Guide", set up tunnel monitoring.
"""

from collections.abc import Iterator, Sequence

from bothup.keepalive.inside import Inside
from bothup.keepalive.snippets import INTERVAL

TITLE = "tunnel monitor; TUNNEL_n is the IPSec tunnel, tunnel.n its interface"
COMMENT = "#"
_PROFILE = "set network profiles monitor-profile bothup"


def render(tunnels: Sequence[Inside]) -> Iterator[str]:
    """Yield a monitor profile that waits for the tunnel to recover, and its use by each tunnel."""
    yield f"{_PROFILE} interval {INTERVAL} threshold 5 action wait-recover"
    for each in tunnels:
        monitor = f"set network tunnel ipsec TUNNEL_{each.number} tunnel-monitor"
        yield f"# tunnel {each.number}, outside address {each.outside_ip}"
        yield f"set network interface tunnel units tunnel.{each.number} ip {each.device}/30"
        yield f"{monitor} enable yes"
        yield f"{monitor} destination-ip {each.aws}"
        yield f"{monitor} tunnel-monitor-profile bothup"
