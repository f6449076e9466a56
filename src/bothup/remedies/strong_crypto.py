"""Weak algorithms are no longer taken (DH group 2, SHA1, AES128)

## What it does
Takes DH group 2, SHA1 and AES128 out of what the tunnel accepts in phase 1 and phase 2. AWS looks
at a device's proposals from the weakest that it accepts upwards, so taking the weak ones out is the
only way to be sure of the strong ones.

## When
List by list, and only where what the tunnel has negotiated today (GetActiveVpnTunnelStatus) stays
within what is left. Where the device negotiates something weak, that list stays as it is, and what
the device must offer first is said.

## Risk
The tunnel is down for some minutes while AWS replaces its endpoint. The device's next proposal must
hold what it negotiates today; a device that offers something else when it is the responder does not
come back.

## How to undo
`bothup undo PLAN` accepts the former algorithms, which takes the tunnel down once more.
"""

from collections.abc import Iterator
from typing import Any

from bothup.model.bundle import ActiveStatus
from bothup.model.connection import Tunnel
from bothup.model.remedy import Negotiated, Proposal, Refusal, Remedy
from bothup.model.tunnel_settings import Settings, effective, settings_of

REMEDY = Remedy(id="strong-crypto")

WEAK: dict[str, Any] = {
    "EncryptionAlgorithms": "AES128",
    "IntegrityAlgorithms": "SHA1",
    "DHGroupNumbers": 2,
}
_NEGOTIATED = {
    "Phase1EncryptionAlgorithms": "phase1_encryption",
    "Phase1IntegrityAlgorithms": "phase1_integrity",
    "Phase1DHGroupNumbers": "phase1_dh_group",
    "Phase2EncryptionAlgorithms": "phase2_encryption",
    "Phase2IntegrityAlgorithms": "phase2_integrity",
    "Phase2DHGroupNumbers": "phase2_dh_group",
}


def propose(tunnel: Tunnel, negotiated: Negotiated) -> Iterator[Proposal | Refusal]:
    """Propose the lists that can do without their weak member; refuse where none can."""
    if tunnel.options is None:
        return
    current = settings_of(tunnel.options)
    weak = {name: bad for name, bad in _weak_members() if bad in effective(current, name)}
    if not weak:
        return
    status = negotiated.here or ActiveStatus()
    used = {name: getattr(status, _NEGOTIATED[name]) for name in weak}
    left = _without(current, weak)
    droppable = {name: left[name] for name in weak if used[name] in left[name]}
    if droppable:
        names = ", ".join(map(_spelt, sorted({str(weak[name]) for name in droppable})))
        yield Proposal(
            why=f"the tunnel accepts {names}, which the device does not use", settings=droppable
        )
    elif all(each is None for each in used.values()):
        reason = negotiated.problem or "the tunnel negotiates nothing now"
        text = f"what the device needs is not known: {reason}"
        yield Refusal(reason=text, unread=bool(negotiated.problem))
    else:
        yield Refusal(
            reason="what the device negotiates would not be taken any more: "
            + ", ".join(
                f"{_phase(name)} {_spelt(str(used[name]))}" for name in sorted(weak) if used[name]
            ),
            do_on_device=("offer AES256, SHA2-256 and DH group 14 or better, then plan again",),
        )


def _weak_members() -> Iterator[tuple[str, Any]]:
    for name in _NEGOTIATED:
        yield name, WEAK[name[len("Phase1") :]]


def _without(current: Settings, dropped: Settings) -> Settings:
    return {
        name: [each for each in effective(current, name) if each != bad]
        for name, bad in dropped.items()
    }


def _phase(name: str) -> str:
    return f"phase {name[len('Phase')]}"


def _spelt(member: str) -> str:
    return f"DH group {member}" if member.isdigit() else member
