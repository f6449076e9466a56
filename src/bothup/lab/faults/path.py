"""Faults of the path between the device and AWS."""

import time

from bothup.lab.fault import Healthy, fault
from bothup.lab.lab import Lab
from bothup.lab.network import Cut
from bothup.lab.verbs import cut, heal, heal_path

_IKE = (500, 4500)
_GIVES_UP = r"giving up after \d+ retransmits"
_FORGOTTEN = "deleting half open IKE_SA"
_OPEN_UDP = r"UDP 500|udp|4500"


@fault(
    "UDP 500 and 4500 are dropped on the way to AWS",
    "ike-no-response",
    cure="path",
    repair=heal,
    advice=_OPEN_UDP,
    until=_GIVES_UP,
)
def udp_blocked_to_aws(lab: Lab) -> None:
    """The device's requests never arrive."""
    cut(lab, Cut(to="aws1", ports=_IKE))


@fault(
    "UDP 500 and 4500 are dropped on the way back",
    "ike-no-response",
    cure="path",
    repair=heal,
    advice=_OPEN_UDP,
    until=_FORGOTTEN,
)
def udp_blocked_from_aws(lab: Lab) -> None:
    """AWS answers, and its answers never arrive."""
    cut(lab, Cut(from_="aws1", ports=_IKE))


@fault(
    "UDP 500 and 4500 are dropped both ways",
    "ike-no-response",
    cure="path",
    repair=heal,
    advice=_OPEN_UDP,
    until=_GIVES_UP,
)
def udp_blocked(lab: Lab) -> None:
    """Nothing goes through."""
    cut(lab, Cut(to="aws1", ports=_IKE), Cut(from_="aws1", ports=_IKE))


@fault(
    "UDP 4500 alone is dropped, both ways",
    "nat-t-blocked",
    cure="path",
    repair=heal,
    advice="4500",
    until=_FORGOTTEN,
)
def udp_4500_blocked(lab: Lab) -> None:
    """IKE_SA_INIT is answered, IKE_AUTH is not."""
    cut(lab, Cut(to="aws1", ports=(4500,)), Cut(from_="aws1", ports=(4500,)))


@fault(
    "UDP 4500 alone is dropped, behind NAT",
    "nat-t-blocked",
    healthy=Healthy(nat=True),
    cure="path",
    repair=heal,
    advice="4500",
    until=_FORGOTTEN,
)
def udp_4500_blocked_behind_nat(lab: Lab) -> None:
    """As without NAT, which the device cannot do without 4500."""
    cut(lab, Cut(to="aws1", ports=(4500,)), Cut(from_="aws1", ports=(4500,)))


@fault(
    "A firewall rejects what goes to AWS, by ICMP",
    "ike-no-response",
    cure="path",
    repair=heal,
    advice=_OPEN_UDP,
    until=_GIVES_UP,
)
def rejected(lab: Lab) -> None:
    """IKE daemons take no notice of ICMP."""
    cut(lab, Cut(to="aws1", reject=True))


def _route_back(lab: Lab) -> None:
    lab.network.route(there=True)
    heal(lab)


@fault(
    "The device has no route to AWS",
    "ike-no-response",
    cure="device",
    repair=_route_back,
    advice="route|UDP|reach",
    until=r"No route to host|unreachable|giving up",
    both=True,
)
def no_route(lab: Lab) -> None:
    """Both tunnels lose their way, and the device says so when it sends."""
    cut(lab)
    lab.network.route(there=False)
    lab.gateway.restart("tunnel1")


@fault(
    "The path is lost while the tunnel is up, comes back, and nobody begins anew",
    "dpd-timeout",
    healthy=Healthy(),
    cure="aws",
    repair=heal_path,
    until=_GIVES_UP,
)
def path_lost(lab: Lab) -> None:
    """Both sides find the other dead (DPD action clear on both)."""
    lab.network.cut(Cut(to="aws1"), Cut(from_="aws1"))


@fault(
    "The path loses most packets at random",
    "dpd-timeout",
    cure="path",
    repair=heal,
    advice="",
    until=_GIVES_UP,
)
def path_loss(lab: Lab) -> None:
    """Nine of ten packets get lost, until one side gives up."""
    lab.network.cut(Cut(to="aws1", share=0.95), Cut(from_="aws1", share=0.95))


@fault(
    "The NAT device takes another port for the tunnel",
    "healthy",
    healthy=Healthy(nat=True),
    sight="no alarm",
    cure="none",
)
def nat_rebinding(lab: Lab) -> None:
    """Harmless: both sides notice and go on."""
    lab.network.rebind()
    time.sleep(4)
