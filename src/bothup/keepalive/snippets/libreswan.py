"""Libreswan: DPD that restarts a dead tunnel, and a timer that sends through it.

Source: the ipsec.conf manual page (dpddelay, dpdaction, auto); with IKEv2 the retransmission
time-out is the connection's own and dpdtimeout is for IKEv1.
"""

from collections.abc import Iterator, Sequence

from bothup.keepalive.inside import Inside
from bothup.keepalive.snippets._units import units

TITLE = "DPD restart in ipsec.conf, and a systemd timer; add it to the connections there are"
COMMENT = "#"


def render(tunnels: Sequence[Inside]) -> Iterator[str]:
    """Yield what each connection in ipsec.conf needs, then the units."""
    yield "# /etc/ipsec.d/*.conf"
    for each in tunnels:
        yield f"conn {each.name}"
        yield f"    right={each.outside_ip}"
        yield "    ikev2=insist"
        yield "    auto=start"
        yield "    dpddelay=10"
        yield "    dpdtimeout=30"
        yield "    dpdaction=restart"
        yield ""
    yield from units(tunnels)
