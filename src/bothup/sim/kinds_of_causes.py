"""Kinds of causes: for what can be wrong with a tunnel, a connection that it is wrong with.

The first tunnel is well as a rule, and the second has the trouble. Logs are on, so that there is
something to find.
"""

from bothup.sim.kind import Kind
from bothup.sim.scenario import Peer, Recurrence, Tunnel

_GOOD = Tunnel(since="12d")
_NEW = Tunnel(since="5d")
_GCM_ONLY = {"IKEVersions": ["ikev2"], "Phase2EncryptionAlgorithms": ["AES256-GCM-16"]}
_AWS_STARTS = {"IKEVersions": ["ikev2"], "StartupAction": "start"}
_CUT_OFF = Tunnel(since="2d", peer=Peer(path="blocked"))


def _second(tunnel: Tunnel, first: Tunnel = _GOOD) -> Kind:
    return Kind(tunnels=(first, tunnel), logs=True)


CAUSES = {
    "ike-no-response": _second(Tunnel(peer=Peer(path="answers-blocked")), first=_NEW),
    "nat-t-blocked": _second(
        Tunnel(peer=Peer(nat=True, path="4500-blocked")),
        first=Tunnel(since="5d", peer=Peer(nat=True)),
    ),
    "psk-mismatch": _second(Tunnel(since="2d", peer=Peer(key="wrong"))),
    "ike-proposal-mismatch": _second(
        Tunnel(since="1d", drop="deleted", peer=Peer(encryption=("3DES",), integrity=("MD5",)))
    ),
    "ipsec-proposal-mismatch": _second(
        Tunnel(since="1d", drop="deleted", options=_GCM_ONLY),
        first=Tunnel(since="12d", options=_GCM_ONLY, peer=Peer(encryption=("AES256-GCM-16",))),
    ),
    "traffic-selector-mismatch": _second(
        Tunnel(since="7h", drop="deleted", options=_AWS_STARTS, peer=Peer(flaw="selectors")),
        first=Tunnel(since="12d", options=_AWS_STARTS),
    ),
    "peer-identity-mismatch": _second(
        Tunnel(since="1d", peer=Peer(nat=True, flaw="identity")),
        first=Tunnel(since="12d", peer=Peer(nat=True)),
    ),
    "certificate-problem": _second(Tunnel(since="20h", peer=Peer(flaw="certificate"))),
    "dpd-timeout": _second(Tunnel(since="2h", peer=Peer(path="blocked"))),
    "peer-deleted-sa": _second(Tunnel(since="3h", drop="deleted", peer=Peer(initiates=False))),
    "rekey-failure": _second(
        Tunnel(
            since="30s",
            recurs=Recurrence(drop="rekey-failed", every="55m", lasts="5m"),
            status="DOWN",
            message="IPSEC IS DOWN",
        )
    ),
    "recently-modified": _second(
        Tunnel(
            since="14m",
            drop="modified",
            options={"IKEVersions": ["ikev2"], "DPDTimeoutAction": "restart"},
            peer=Peer(initiates=False),
        )
    ),
    "bgp-asn-mismatch": _second(Tunnel(peer=Peer(bgp=False, bgp_fault="wrong-as")), first=_NEW),
    "bgp-hold-timer": _second(
        Tunnel(
            since="20s",
            recurs=Recurrence(drop="hold-timer", every="25m", lasts="6m"),
            status="DOWN",
            message="IPSEC IS UP",
        )
    ),
    "bgp-prefix-limit": _second(Tunnel(since="5h", peer=Peer(bgp=False, bgp_fault="prefix-limit"))),
    "bgp-unreachable": _second(Tunnel(peer=Peer(bgp=False, bgp_fault="unreachable")), first=_NEW),
    "gateway-not-attached": Kind(
        association="not-associated",
        target="none",
        together=True,
        tunnels=(_CUT_OFF, _CUT_OFF),
        logs=True,
    ),
    "gateway-detached": Kind(
        target="vgw", attached=False, together=True, tunnels=(_CUT_OFF, _CUT_OFF), logs=True
    ),
    "unstable-path": _second(
        Tunnel(
            since="20s",
            recurs=Recurrence(drop="dpd", every="14m", lasts="4m"),
            status="DOWN",
            message="IPSEC IS DOWN",
        ),
        first=Tunnel(since="3m", recurs=Recurrence(drop="dpd", every="19m", lasts="2m")),
    ),
    "one-way": Kind(
        tunnels=(
            Tunnel(since="12d", traffic="out-only"),
            Tunnel(since="12d", traffic="in-only"),
        ),
        logs=True,
    ),
}
