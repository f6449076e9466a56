"""Kinds: the conditions that a connection can be in, each said by one word.

Most are nothing but what the customer's devices can do; the tunnels' state follows from that
(`bothup.sim.negotiate`), and so does what a change to their options brings about.
"""

from bothup.sim.kind import Kind
from bothup.sim.kinds_of_causes import CAUSES
from bothup.sim.scenario import Peer, Tunnel

_GOOD = Tunnel(since="12d")
_GONE = Tunnel(since="1m", peer=Peer(configured=False))
_HARDENED = {"IKEVersions": ["ikev2"], "StartupAction": "start", "DPDTimeoutAction": "restart"}
_NEW_GROUPS_ONLY = {"IKEVersions": ["ikev2"], "Phase1DHGroupNumbers": [20, 21]}

KINDS: dict[str, Kind] = {
    "healthy": Kind(tunnels=(_GOOD, Tunnel(since="5d"))),
    "hardened": Kind(
        tunnels=(Tunnel(since="12d", options=_HARDENED), Tunnel(since="5d", options=_HARDENED)),
        logs=True,
    ),
    "second-tunnel-never-configured": Kind(
        tunnels=(_GOOD, Tunnel(peer=Peer(configured=False))),
    ),
    "idle": Kind(tunnels=(_GOOD, Tunnel(since="9h", peer=Peer(initiates=False)))),
    "wrong-key": Kind(tunnels=(_GOOD, Tunnel(since="2d", peer=Peer(key="wrong")))),
    "ike-version-mismatch": Kind(
        tunnels=(
            _GOOD,
            Tunnel(since="6h", options={"IKEVersions": ["ikev2"]}, peer=Peer(ike=("ikev1",))),
        )
    ),
    "proposal-mismatch": Kind(tunnels=(_GOOD, Tunnel(since="1d", options=_NEW_GROUPS_ONLY))),
    "bgp-down": Kind(tunnels=(_GOOD, Tunnel(since="40m", peer=Peer(bgp=False)))),
    "site-down": Kind(
        together=True,
        tunnels=(
            Tunnel(since="3h", peer=Peer(configured=False)),
            Tunnel(since="3h", peer=Peer(configured=False)),
        ),
    ),
    "up-no-routes": Kind(tunnels=(_GOOD, Tunnel(since="3d", peer=Peer(routes=0)))),
    "replaced": Kind(
        tunnels=(
            _GOOD,
            Tunnel(since="5h", drop="replaced", peer=Peer(initiates=False), maintenance="applied"),
        )
    ),
    "modifying": Kind(
        state="modifying", tunnels=(Tunnel(since="1m", drop="modified"), _GOOD), busy=(0,)
    ),
    "provisioning": Kind(
        state="pending",
        tunnels=(Tunnel(since="1m"), Tunnel(since="1m")),
        telemetry="nameless",
        busy=(0, 1),
    ),
    "deleting": Kind(state="deleting", tunnels=(_GONE, _GONE)),
    "deleted": Kind(state="deleted", tunnels=(_GONE, _GONE)),
    "not-associated": Kind(association="not-associated", target="none"),
    "no-telemetry": Kind(telemetry="absent"),
    "empty-telemetry": Kind(telemetry="empty"),
    "one-telemetry": Kind(telemetry="one"),
    "unknown-status": Kind(
        tunnels=(_GOOD, Tunnel(since="1h", status="IMPAIRED", message="TUNNEL IS IMPAIRED"))
    ),
    "lower-case": Kind(
        tunnels=(Tunnel(status="up"), Tunnel(status="down", peer=Peer(configured=False)))
    ),
    **CAUSES,
}
