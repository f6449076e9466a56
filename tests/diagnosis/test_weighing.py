"""How signs become a score and a verdict."""

import pytest

from bothup.engine.weighing import Weighed, certainty, combined, weigh
from bothup.engine.weights import PAST, WEIGHTS
from bothup.model.cause import Sign
from bothup.model.diagnosis import Certainty, Clue, EvidenceKind, Pointer

HERE = Pointer(kind=EvidenceKind.DEVICE_LOG, pointer="line 1")
THERE = Pointer(kind=EvidenceKind.ACTIVITY_LOG, pointer="line 1")
FULL = WEIGHTS["psk-mismatch"]["refused"].value


def sign(name: str = "refused", at: Pointer = HERE, *, past: bool = False) -> Sign:
    return Sign(name=name, text=name, evidence=at, past=past)


def clues(*weights: float) -> list[Clue]:
    return [Clue(text="", weight=weight, evidence=HERE) for weight in weights]


def weights(*signs: Sign) -> list[float]:
    return [each.clue.weight for each in weigh("psk-mismatch", signs)]


def test_the_same_sign_counts_once_however_often_it_is_seen() -> None:
    assert weights(*[sign()] * 100) == [FULL]


def test_of_the_same_sign_the_strongest_counts_in_whatever_order() -> None:
    now, before = sign(), sign(past=True)
    assert weights(before, now) == weights(now, before) == [FULL]
    assert weights(before) == [FULL * PAST]


def test_the_same_sign_in_evidence_of_another_kind_is_another_reason() -> None:
    assert len(weights(sign(), sign(at=THERE))) == 2


def test_what_is_past_proves_nothing() -> None:
    assert weigh("psk-mismatch", [sign("keys-differ")])[0].proof
    assert not weigh("psk-mismatch", [sign("keys-differ", past=True)])[0].proof


def test_reasons_add_up_and_never_beyond_one() -> None:
    assert combined(clues(0.5)) == 0.5
    assert combined(clues(0.5, 0.5)) == 0.75
    assert combined(clues(*[0.9] * 50)) <= 1


def test_what_speaks_against_takes_its_part() -> None:
    assert combined(clues(0.8, -0.5)) == pytest.approx(0.4)
    assert combined(clues(0.8, -1.0)) == 0
    assert combined(clues(-0.5)) == 0


@pytest.mark.parametrize(
    ("score", "weight", "proof", "confirmable", "verdict"),
    [
        (0.95, 0.95, True, True, Certainty.CONFIRMED),
        (0.95, 0.95, True, False, Certainty.LIKELY),
        (0.95, 0.95, False, True, Certainty.LIKELY),
        (0.89, 0.95, True, True, Certainty.LIKELY),
        (0.49, 0.4, False, True, Certainty.POSSIBLE),
        (0.1, -0.9, False, True, Certainty.RULED_OUT),
        (0.1, -0.4, False, True, Certainty.POSSIBLE),
        (0.3, -0.9, False, True, Certainty.POSSIBLE),
    ],
)
def test_a_score_becomes_a_verdict(
    score: float, weight: float, proof: bool, confirmable: bool, verdict: Certainty
) -> None:
    known = [Weighed(clues(weight)[0], proof)]
    assert certainty(score, known, confirmable=confirmable) is verdict
