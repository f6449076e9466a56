"""Faults of BGP over a tunnel whose IPsec is well."""

from typing import Any

import msgspec

from bothup.lab.device import gateway_neighbor, routes
from bothup.lab.fault import Healthy, fault
from bothup.lab.lab import Lab
from bothup.lab.verbs import TUNNEL

_BGP = Healthy(routing="bgp")
# AWS's endpoint (whose session is `tunnel`) has tried again and again, as the gateway has by then.
_TRIED = r"(?:tunnel: Connecting to.*?){2}"
_OTHER = ("169.254.200.2", "169.254.200.1")


def _session(lab: Lab, **settings: Any) -> None:
    """Change settings of the device's session with tunnel 1."""
    now = lab.gateway.tunnels[TUNNEL].bgp
    assert now
    lab.gateway.change(TUNNEL, bgp=msgspec.structs.replace(now, **settings))


def _right_session(lab: Lab) -> None:
    lab.gateway.change(TUNNEL, bgp=gateway_neighbor(lab.scenes[0]))


@fault("The device's own ASN is wrong", "bgp-asn-mismatch", healthy=_BGP,
       repair=_right_session, advice="ASN", until="Bad peer AS")  # fmt: skip
def bgp_asn_of_the_device(lab: Lab) -> None:
    """AWS refuses its OPEN."""
    _session(lab, own_asn=65001)


@fault("The device expects another ASN of AWS", "bgp-asn-mismatch", healthy=_BGP,
       repair=_right_session, advice="ASN", until="Bad peer AS")  # fmt: skip
def bgp_asn_of_aws(lab: Lab) -> None:
    """The device refuses AWS's OPEN."""
    _session(lab, asn=64999)


def _unmute(lab: Lab) -> None:
    lab.network.mute_bgp(lab.scenes[0].inside[0], muted=False)


@fault("The device's filter drops TCP 179", "bgp-unreachable", healthy=_BGP,
       repair=_unmute, advice="179", until=_TRIED)  # fmt: skip
def bgp_tcp_179(lab: Lab) -> None:
    """The session is reset and does not come back."""
    lab.network.mute_bgp(lab.scenes[0].inside[0])
    lab.gateway.bird.control(f"restart {TUNNEL}")
    lab.wait(lambda: not lab.up[0], 15)


@fault("The device's BGP daemon hangs", "bgp-hold-timer", healthy=_BGP,
       repair=lambda lab: lab.gateway.bird.freeze(frozen=False))  # fmt: skip
def bgp_hold_timer(lab: Lab) -> None:
    """No keep-alive comes any more."""
    lab.gateway.bird.freeze()


@fault("The device announces more prefixes than AWS takes", "bgp-prefix-limit",
       healthy=Healthy(routing="bgp", target="vgw"), repair=_right_session,
       advice="prefix|route|summar", until="Maximum number of prefixes")  # fmt: skip
def bgp_prefix_limit(lab: Lab) -> None:
    """A virtual private gateway takes 100."""
    _session(lab, announces=tuple(routes(110)))


@fault("The device announces routes that come from AWS", "routing-asymmetry", healthy=_BGP,
       sight="notice", repair=_right_session, advice="AS|route|path")  # fmt: skip
def bgp_as_loop(lab: Lab) -> None:
    """AWS finds its own ASN in their paths and takes none: up, without a way back."""
    _session(lab, path=(64512,))
    lab.gateway.bird.control(f"restart {TUNNEL}")
    lab.wait(lambda: lab.connection.tunnels[0].now.message == "0 BGP ROUTES", 15)


def _right_address(lab: Lab) -> None:
    lab.gateway.charon.address(f"{lab.scenes[0].inside[1]}/30")
    _right_session(lab)


@fault("The tunnel has another inside address on the device", "bgp-unreachable", healthy=_BGP,
       repair=_right_address, advice="inside|address|neighbo", until=_TRIED)  # fmt: skip
def bgp_inside_address(lab: Lab) -> None:
    """Nobody has the address that AWS asks for, nor the one that the device does."""
    lab.gateway.charon.address(f"{_OTHER[0]}/30")
    lab.gateway.charon.address(f"{lab.scenes[0].inside[1]}/30", there=False)
    _session(lab, own=_OTHER[0], address=_OTHER[1])


@fault("An operator has shut the session down on the device", "bgp-down", healthy=_BGP,
       repair=_right_session, advice="", until="Administrative shutdown|disabled|Shutting down"
       )  # fmt: skip
def bgp_admin_down(lab: Lab) -> None:
    """AWS is told: Cease, administrative shutdown."""
    _session(lab, down=True)
