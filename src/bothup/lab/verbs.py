"""What people do to a gateway, and what happens to a path, on tunnel 1 of a laboratory."""

from typing import Any

from bothup.lab.lab import Lab
from bothup.lab.network import Cut

TUNNEL = "tunnel1"


def close(lab: Lab) -> None:
    """Close the tunnel in order, on the device."""
    lab.gateway.charon.terminate(ike=TUNNEL)
    lab.wait(lambda: not lab.endpoints[0].watch.up, 5)


def set_up(lab: Lab, **settings: Any) -> None:
    """Close the tunnel, change the device's configuration, and begin anew."""
    close(lab)
    lab.gateway.change(TUNNEL, **settings)
    open_again(lab)


def open_again(lab: Lab) -> None:
    """Have the device negotiate, unless it waits for AWS or does so already."""
    if lab.gateway.starts(TUNNEL) and not lab.gateway.negotiates(TUNNEL):
        lab.gateway.charon.initiate(TUNNEL)


def cut(lab: Lab, *cuts: Cut) -> None:
    """Close the tunnel, let the internet drop this from now on, and begin anew."""
    close(lab)
    lab.network.cut(*cuts)
    open_again(lab)


def heal(lab: Lab) -> None:
    """Let everything through again, and begin anew."""
    lab.network.cut()
    open_again(lab)


def heal_path(lab: Lab) -> None:
    """Let everything through again; nobody begins anew."""
    lab.network.cut()
