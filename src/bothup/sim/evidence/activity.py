"""Activity: what a tunnel's activity log tells of the chapters of its life.

The messages are those of "Contents of Site-to-Site VPN logs" in the AWS Site-to-Site VPN user
guide, which has none for a tunnel's coming up. Which of them a fault leaves follows from what the
two sides say to each other (RFC 7296, RFC 2409): only the side that answers knows why it refuses.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from bothup.sim.evidence.chronicle import Chronicle, Span
from bothup.sim.evidence.scene import Scene, beats
from bothup.sim.ids import digest
from bothup.sim.negotiate import ENCRYPTION, Obstacle, aws_initiates
from bothup.sim.options import DEFAULT_PHASE2_LIFETIME, DEFAULT_REKEY_MARGIN

UP, DOWN, TRYING, REKEYING = "established", "down", "negotiating", "rekeying"
# How long a device waits before it tries again, and AWS before it forgets half a negotiation.
_RETRY, _HALF_OPEN = timedelta(seconds=58), timedelta(seconds=30)
# What one event leaves in the log comes within this time.
_LONGEST = timedelta(seconds=40)
_NO_PROPOSAL = "No Proposal Match Found by AWS"
_NOTIFYING = 'No Proposal Match Found. Notifying with "No proposal chosen"'
_REFUSING = "AWS tunnel is sending AUTHENTICATION_FAILED as the response"
_NO_PHASE2 = "AWS tunnel Phase 2 was unable to establish while keeping Phase 1"
_BAD_SELECTORS = "AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder"
_HALF_DONE = "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: {cgw}"
_V1_WRONG_KEY = "AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key"
_COLLISION = "AWS tunnel detected a (CHILD_REKEY) collision as CHILD_DELETE"
_DELETED_IKE = "AWS tunnel received DELETE for IKE_SA from CGW"

# After how many seconds, the states of both phases, and the message.
Step = tuple[float, str, str, str]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an activity log."""

    time: datetime
    phase1: str
    phase2: str
    details: str


def activity(scene: Scene, chronicle: Chronicle, start: datetime, end: datetime) -> Iterator[Line]:
    """The lines from `start` (included) to `end` (not), in their order."""
    early = start - _LONGEST
    for span in chronicle.between(early, end):
        if span.before and span.before.ipsec:
            yield from _lines(_opening(scene, span), span.chapter.start, start, end)
        for number, when in _meanwhile(scene, span, early):
            obstacle = span.chapter.obstacle
            told = _attempt(scene, obstacle) if obstacle else _rekey(scene, number)
            yield from _lines(told, when, start, end)


def _lines(
    steps: Iterator[Step] | tuple[Step, ...], begin: datetime, start: datetime, end: datetime
) -> Iterator[Line]:
    for seconds, phase1, phase2, details in steps:
        time = begin + timedelta(seconds=seconds)
        if start <= time < end:
            yield Line(time=time, phase1=phase1, phase2=phase2, details=details)


def _opening(scene: Scene, span: Span) -> Iterator[Step]:
    """What is logged as a tunnel goes down; an endpoint that is replaced takes its log along."""
    v1, chapter = scene.ike == "ikev1", span.chapter
    spi = _spi(scene, chapter.start)
    if chapter.opening == "dpd":
        dead = "Peer is not responsive - Declaring peer dead"
        yield 0, UP, UP, dead if v1 else "AWS tunnel DPD timed out after 3 retransmits"
        if chapter.obstacle is None and span.until - chapter.start > _HALF_OPEN:
            # On a bad path the device's first attempt gets no farther than its first message.
            yield _HALF_OPEN.seconds, TRYING, DOWN, _HALF_DONE.format(cgw=scene.customer.ip)
    elif chapter.opening in ("deleted", "idle"):
        if v1:
            yield 0, UP, UP, f"AWS tunnel received DELETE for Phase 2 SA with SPI: {spi}"
        yield 0.04, UP, DOWN if v1 else UP, _DELETED_IKE
    elif chapter.opening == "rekey-failed":
        if not v1:
            number = digest("request", spi)[0] % 60 + 4
            yield 0, UP, REKEYING, _child("sending request", number)
            yield 0.05, UP, REKEYING, _COLLISION
        yield 0.06, UP, DOWN, f"AWS tunnel received DELETE for Phase 2 SA with SPI: {spi}"


def _meanwhile(scene: Scene, span: Span, start: datetime) -> Iterator[tuple[int, datetime]]:
    """When something recurs in a chapter: rekeying while IPsec is up, attempts while it is not."""
    chapter, seed = span.chapter, scene.seed(span.ipsec_since)
    if chapter.ipsec:
        begin = max(start, chapter.start)
        yield from beats(span.ipsec_since, span.until, _rekey_interval(scene), seed, begin)
    elif chapter.obstacle and any(True for _ in _attempt(scene, chapter.obstacle)):
        half_open = chapter.obstacle in ("answers-blocked", "port-4500-blocked", "path-blocked")
        every = _RETRY + _HALF_OPEN if half_open else _RETRY
        yield from beats(chapter.start, span.until, every, seed, start)


def _rekey_interval(scene: Scene) -> timedelta:
    """From one phase 2 SA to the next: the lifetime less the margin and half its fuzz."""
    options = scene.tunnel.options
    lifetime = options.get("Phase2LifetimeSeconds", DEFAULT_PHASE2_LIFETIME)
    margin = options.get("RekeyMarginTimeSeconds", DEFAULT_REKEY_MARGIN)
    return timedelta(seconds=max(lifetime - 2 * margin, 300))


def _rekey(scene: Scene, number: int) -> Iterator[Step]:
    """A phase 2 SA is renewed, and the device deletes the old one: nothing is wrong with that."""
    if scene.ike != "ikev1":
        yield 0, UP, REKEYING, _child("processed request", number % 65_000)
        yield 0.03, UP, UP, _child("sending response", number % 65_000)
    spi = _spi(scene, number)
    yield 0.4, UP, UP, f"AWS tunnel received DELETE for Phase 2 SA with SPI: {spi}"


def _attempt(scene: Scene, obstacle: Obstacle) -> Iterator[Step]:
    """What one attempt to come up leaves in the log."""
    device = scene.tunnel.device
    aws_starts = aws_initiates(scene.tunnel.options)
    told: tuple[Step, ...] = ()
    if obstacle == "ike-proposal-mismatch" and device.initiates:
        unknown = not set(device.encryption) & set(ENCRYPTION)
        told = ((0, TRYING, DOWN, _NO_PROPOSAL if unknown else _NOTIFYING),)
    elif device.initiates:
        v1 = _V1_ANSWERED if scene.ike == "ikev1" else {}
        told = v1.get(obstacle, _ANSWERED.get(obstacle, ()))
    if aws_starts:
        told += _STARTED.get(obstacle, ())
    for seconds, phase1, phase2, details in told:
        yield seconds, phase1, phase2, details.format(cgw=scene.customer.ip)


_FORGOTTEN = ((0, TRYING, DOWN, _HALF_DONE),)
# What AWS logs of negotiations that the device starts, by what is wrong.
_ANSWERED: dict[Obstacle, tuple[Step, ...]] = {
    "answers-blocked": _FORGOTTEN,
    "port-4500-blocked": _FORGOTTEN,
    "ike-version-mismatch": ((0, DOWN, DOWN, _NOTIFYING),),
    "psk-mismatch": (
        (0, TRYING, DOWN, "AWS tunnel detected a pre-shared key mismatch with cgw: {cgw}"),
        (0.01, TRYING, DOWN, _REFUSING),
    ),
    "identity-mismatch": ((0, TRYING, DOWN, _REFUSING),),
    "certificate-refused": ((0, TRYING, DOWN, _REFUSING),),
    "ipsec-proposal-mismatch": ((0, UP, DOWN, _NO_PROPOSAL), (0.01, UP, DOWN, _NO_PHASE2)),
    "selectors-mismatch": ((0, UP, DOWN, _NO_PHASE2),),
}
_V1_ANSWERED: dict[Obstacle, tuple[Step, ...]] = {
    "psk-mismatch": tuple((after, TRYING, DOWN, _V1_WRONG_KEY) for after in (0, 1, 2.5, 4.75)),
    "ipsec-proposal-mismatch": ((0, UP, TRYING, _NOTIFYING),),
    "selectors-mismatch": (),
}
# And of those that it starts itself: when the device refuses phase 1, there is no message for it.
_STARTED: dict[Obstacle, tuple[Step, ...]] = {
    "path-blocked": _FORGOTTEN,
    "ipsec-proposal-mismatch": ((0.5, UP, DOWN, _NO_PHASE2),),
    "selectors-mismatch": ((0.5, UP, DOWN, _BAD_SELECTORS),),
}


def _child(what: str, number: int) -> str:
    verb = what if what.startswith("processed") else f"is {what}"
    return f"AWS tunnel {verb} (id={number}) for CREATE_CHILD_SA"


def _spi(scene: Scene, what: object) -> str:
    return digest("spi", scene.seed(what)).hex()[:8]
