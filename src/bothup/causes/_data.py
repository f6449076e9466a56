"""What a tunnel that is up carries: the newest SA, what it leaves out, which way the data goes."""

import ipaddress
from collections.abc import Iterable

from bothup.model.comparison import Comparison
from bothup.model.event import Event, EventKind, Phase
from bothup.model.story import DeviceStory

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def newest_sa(device: DeviceStory) -> Event | None:
    """Give the event with which the device's newest phase 2 SA came up."""
    ups = device.of(EventKind.SA_ESTABLISHED, phase=Phase.IPSEC)
    return ups.last if ups else None


def selectors(sa: Event) -> tuple[list[Network], list[Network]]:
    """Give the networks that an SA carries: the device's and AWS's."""
    ours, theirs = (sa.details.get(name, "") for name in ("local_selectors", "remote_selectors"))
    return _networks(str(ours).split()), _networks(str(theirs).split())


def left_out(device: DeviceStory, comparison: Comparison) -> tuple[str, ...]:
    """Name the networks that the device is set to carry and that its newest SA leaves out."""
    sa = newest_sa(device)
    if sa is None or comparison.device is None or "local_selectors" not in sa.details:
        return ()
    ours, theirs = selectors(sa)
    wishes = (
        (comparison.device.local_selectors, ours),
        (comparison.device.remote_selectors, theirs),
    )
    return tuple(
        str(wish)
        for wanted, have in wishes
        for wish in _networks(wanted)
        if have and not any(_covers(each, wish) for each in have)
    )


def without_udp(device: DeviceStory) -> Event | None:
    """Give the newest SA where the device is behind NAT and the SA's ESP is not inside UDP."""
    sa = newest_sa(device)
    behind_nat = any(
        event.details.get("nat") != "remote" for event in device.of(EventKind.NAT_DETECTED)
    )
    return sa if sa and behind_nat and sa.details.get("encapsulated") is False else None


def one_way(event: Event) -> bool:
    """Whether counters show data that goes out and none that comes in."""
    sent, received = event.details.get("bytes_out", 0), event.details.get("bytes_in", 0)
    return sent > 0 and received == 0


def _networks(words: Iterable[str]) -> list[Network]:
    found: list[Network] = []
    for word in words:
        try:
            found.append(ipaddress.ip_network(word.strip(",").partition("[")[0], strict=False))
        except ValueError:
            continue
    return found


def _covers(whole: Network, part: Network) -> bool:
    return (
        whole.version == part.version
        and int(whole.network_address) <= int(part.network_address)
        and int(part.broadcast_address) <= int(whole.broadcast_address)
    )
