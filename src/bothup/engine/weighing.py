"""Signs to clues with their weights, clues to a score, a score to a verdict."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bothup.engine.weights import (
    CONFIRMED,
    LIKELY,
    PAST,
    RULED_OUT,
    STRONG_AGAINST,
    WEIGHTS,
)
from bothup.model.cause import Sign
from bothup.model.diagnosis import Certainty, Clue, EvidenceKind


class Weighed(NamedTuple):
    """A clue, and whether it proves its cause."""

    clue: Clue
    proof: bool


def weigh(cause: str, signs: Iterable[Sign]) -> tuple[Weighed, ...]:
    """Give each sign of a cause its weight; the same sign counts once per kind of evidence.

    A log that says the same a hundred times is not a hundred reasons.
    """
    strongest: dict[tuple[str, EvidenceKind], Weighed] = {}
    for sign in signs:
        weight = WEIGHTS[cause][sign.name]
        value = weight.value * (PAST if sign.past else 1)
        clue = Clue(text=sign.text, weight=round(value, 3), evidence=sign.evidence)
        key = sign.name, sign.evidence.kind
        if key not in strongest or abs(value) > abs(strongest[key].clue.weight):
            strongest[key] = Weighed(clue, weight.proof and not sign.past)
    return tuple(strongest.values())


def combined(clues: Iterable[Clue]) -> float:
    """Combine weights to a score of 0 to 1: doubts multiply, and so does what speaks against."""
    doubt, kept = 1.0, 1.0
    for clue in clues:
        if clue.weight > 0:
            doubt *= 1 - clue.weight
        else:
            kept *= 1 + clue.weight
    return (1 - doubt) * kept


def certainty(score: float, known: Sequence[Weighed], *, confirmable: bool) -> Certainty:
    """Say how sure a cause is; it is confirmed only with a proof, and where it may be at all."""
    if score >= CONFIRMED and confirmable and any(each.proof for each in known):
        return Certainty.CONFIRMED
    if score >= LIKELY:
        return Certainty.LIKELY
    against = any(each.clue.weight <= STRONG_AGAINST for each in known)
    return Certainty.RULED_OUT if score < RULED_OUT and against else Certainty.POSSIBLE
