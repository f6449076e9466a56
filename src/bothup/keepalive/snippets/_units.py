"""A systemd service with its timer, which sends echo requests through each tunnel."""

from collections.abc import Iterator, Sequence

from bothup.keepalive.inside import Inside
from bothup.keepalive.snippets import INTERVAL


def units(tunnels: Sequence[Inside]) -> Iterator[str]:
    """Yield both units of each tunnel, each under the path of its file.

    The source is the tunnel's inside address, which must be on an interface; one packet each few
    seconds is enough, and the service ends between them, so that nothing has to be watched.
    """
    for each in tunnels:
        file = f"/etc/systemd/system/{each.name}"
        yield f"# {file}.service"
        yield "[Unit]"
        yield f"Description=Keep tunnel {each.outside_ip} of {each.connection} up"
        yield "[Service]"
        yield "Type=oneshot"
        yield f"ExecStart=-/usr/bin/ping -n -q -c 1 -W 2 -I {each.device} {each.aws}"
        yield ""
        yield f"# {file}.timer"
        yield "[Unit]"
        yield f"Description=Keep tunnel {each.outside_ip} of {each.connection} up"
        yield "[Timer]"
        yield f"OnBootSec={INTERVAL}s"
        yield f"OnUnitInactiveSec={INTERVAL}s"
        yield "AccuracySec=1s"
        yield "[Install]"
        yield "WantedBy=timers.target"
        yield f"# then: systemctl enable --now {each.name}.timer"
        yield ""
