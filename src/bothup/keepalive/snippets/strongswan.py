"""strongSwan: DPD that restarts a dead tunnel, and a timer that sends through it.

Source: the strongSwan documentation, swanctl.conf (dpd_delay, dpd_action, start_action).
"""

from collections.abc import Iterator, Sequence

from bothup.keepalive.inside import Inside
from bothup.keepalive.snippets._units import units

TITLE = "DPD restart in swanctl.conf, and a systemd timer; add it to the connections there are"
COMMENT = "#"


def render(tunnels: Sequence[Inside]) -> Iterator[str]:
    """Yield what each connection in swanctl.conf needs, then the units."""
    yield "# /etc/swanctl/conf.d/*.conf"
    yield "connections {"
    for each in tunnels:
        yield f"    {each.name} {{"
        yield f"        remote_addrs = {each.outside_ip}"
        yield "        version = 2"
        yield "        dpd_delay = 10s"
        yield "        children {"
        yield f"            {each.name} {{"
        yield "                dpd_action = restart"
        yield "                start_action = start"
        yield "                close_action = start"
        yield "            }"
        yield "        }"
        yield "    }"
    yield "}"
    yield ""
    yield from units(tunnels)
