"""Junos on SRX: real-time performance monitoring (RPM).

Source: "Junos OS Real-Time Performance Monitoring", services rpm.
"""

from collections.abc import Iterator, Sequence

from bothup.keepalive.inside import Inside
from bothup.keepalive.snippets import INTERVAL

TITLE = "RPM; st0.n is the interface with that inside address"
COMMENT = "#"


def render(tunnels: Sequence[Inside]) -> Iterator[str]:
    """Yield an RPM probe for each tunnel, one echo request at a time, without end."""
    for each in tunnels:
        test = f"set services rpm probe bothup test {each.name}"
        yield f"# tunnel {each.number}, outside address {each.outside_ip}"
        yield f"{test} probe-type icmp-ping"
        yield f"{test} target address {each.aws}"
        yield f"{test} source-address {each.device}"
        yield f"{test} destination-interface st0.{each.number}"
        yield f"{test} probe-count 1"
        yield f"{test} test-interval {INTERVAL}"
