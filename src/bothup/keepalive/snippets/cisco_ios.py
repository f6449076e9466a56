"""Cisco IOS and IOS-XE: IP SLA, which also tells whether the tunnel answers.

Source: "IP SLAs Configuration Guide, Cisco IOS XE", ICMP echo operations.
"""

from collections.abc import Iterator, Sequence

from bothup.keepalive.inside import Inside
from bothup.keepalive.snippets import INTERVAL

TITLE = "IP SLA"
COMMENT = "!"


def render(tunnels: Sequence[Inside]) -> Iterator[str]:
    """Yield an IP SLA operation for each tunnel, started for ever."""
    for each in tunnels:
        yield f"! tunnel {each.number}, outside address {each.outside_ip}"
        yield f"ip sla {each.tag}"
        yield f" icmp-echo {each.aws} source-ip {each.device}"
        yield "  threshold 1000"
        yield "  timeout 1000"
        yield f"  frequency {INTERVAL}"
        yield f"ip sla schedule {each.tag} life forever start-time now"
        yield f"track {each.tag} ip sla {each.tag} reachability"
