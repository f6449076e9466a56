"""Faults in the life of a tunnel that was up: ends, renewals, and nobody who begins anew."""

import time

from bothup.lab.fault import Healthy, fault
from bothup.lab.lab import Lab
from bothup.lab.network import Cut
from bothup.lab.verbs import TUNNEL, close, heal
from bothup.sim.scenario import Peer

_PASSIVE = Healthy(peer=Peer(initiates=False), options={"StartupAction": "start"})
_IKEV1 = Healthy(options={"IKEVersions": ["ikev1"]}, peer=Peer(ike=("ikev1",)))
_DEAD = r"giving up after \d+ retransmits|DPD check timed out"


def _wait_for_aws(lab: Lab) -> None:
    """Set the device not to begin by itself."""
    lab.gateway.change(TUNNEL, starts=False)


def _start_gateway(lab: Lab) -> None:
    lab.gateway.start()


@fault("The device's daemon is killed", "customer-gateway-down",
       repair=_start_gateway, advice="", until=_DEAD, both=True)  # fmt: skip
def gateway_killed(lab: Lab) -> None:
    """Both tunnels end on it: AWS finds it dead."""
    lab.gateway.kill()


@fault("The device's daemon is killed, with IKEv1", "customer-gateway-down", healthy=_IKEV1,
       repair=_start_gateway, advice="", until=_DEAD, both=True)  # fmt: skip
def gateway_killed_ikev1(lab: Lab) -> None:
    """As with IKEv2, by IKEv1's own check."""
    lab.gateway.kill()


@fault("The device crashes, comes back, and does not begin anew", "dpd-timeout",
       cure="aws", until=_DEAD, both=True)  # fmt: skip
def gateway_crashed_and_restarted(lab: Lab) -> None:
    """AWS brings up the sibling by itself (StartupAction start), and waits on tunnel 1."""
    _passive_from_now(lab)
    lab.gateway.kill()
    lab.wait(lambda: lab.up == (False, False), 15)
    lab.gateway.start()
    lab.wait(lambda: lab.up[1], 15)


@fault("The device is stopped in order and started again, and does not begin anew",
       "peer-deleted-sa", cure="aws", both=True, until="received DELETE for IKE_SA")  # fmt: skip
def gateway_restarted(lab: Lab) -> None:
    """AWS brings up the sibling by itself (StartupAction start), and waits on tunnel 1."""
    _passive_from_now(lab)
    lab.gateway.stop()
    lab.wait(lambda: lab.up == (False, False), 15)
    lab.gateway.start()
    lab.wait(lambda: lab.up[1], 15)


def _traffic(lab: Lab) -> None:
    lab.network.ping(lab.scenes[0].inside[0])


@fault("The device closes an idle tunnel, and nobody opens it again", "idle-timeout",
       healthy=Healthy(tunnel={"traffic": "none"}), cure="aws", repair=_traffic,
       until="inactivity")  # fmt: skip
def idle(lab: Lab) -> None:
    """Both sides wait for the other (StartupAction add)."""
    lab.gateway.change(TUNNEL, inactivity=2)
    lab.wait(lambda: not lab.up[0], 15)


@fault("Both sides wait for the other", "peer-deleted-sa", cure="aws",
       until="received DELETE for IKE_SA")  # fmt: skip
def both_passive(lab: Lab) -> None:
    """Somebody closes the tunnel on the device, which does not begin by itself."""
    close(lab)
    _wait_for_aws(lab)


@fault("AWS replaces the endpoint, and the device does not begin anew",
       "aws-endpoint-replacement", cure="aws", until=r"giving up after")  # fmt: skip
def endpoint_replaced(lab: Lab) -> None:
    """The new endpoint knows no SA, and waits (StartupAction add)."""
    with lab.world.lock:
        lab.world.machine.replace(lab.connection, lab.connection.tunnels[0])


_ABSENT = Healthy(peer=Peer(configured=False), tunnel={"drop": "never-up", "since": "400d"})


def _configure(lab: Lab) -> None:
    lab.gateway.apply(lab.second_tunnel(0))


@fault("The device was never given the second tunnel", "second-tunnel-not-configured",
       from_the_start=True, healthy=_ABSENT, repair=_configure,
       advice="[Cc]onfigur|second")  # fmt: skip
def second_tunnel_absent(_: Lab) -> None:
    """So it is from the start."""


@fault("A renewal gets lost on the way", "rekey-failure", cure="path", repair=heal,
       healthy=Healthy(), advice="", until=r"giving up after \d+ retransmits")  # fmt: skip
def rekeying_blocked(lab: Lab) -> None:
    """Long packets are dropped: a renewal is long, what keeps the tunnel alive is short."""
    lab.network.cut(Cut(to="aws1", longer_than=200))
    lab.gateway.charon.rekey(child=TUNNEL)


@fault("Both sides renew at once", "healthy", sight="no alarm", cure="none")  # fmt: skip
def rekeying_collides(lab: Lab) -> None:
    """Harmless: one of the two renewals gives way."""
    for _ in range(3):
        lab.gateway.charon.rekey(child=TUNNEL)
        lab.endpoints[0].charon.rekey(child="tunnel")
        time.sleep(0.7)


def _passive_from_now(lab: Lab) -> None:
    """What is not said until the daemon starts again: the live tunnel stays as it is."""
    for name in lab.gateway.tunnels:
        lab.gateway.keep(name, starts=False)
