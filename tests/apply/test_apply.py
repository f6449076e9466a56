"""Plans carried out on the simulated AWS: in order, one tunnel at a time, and taken back."""

from collections.abc import Callable

from tests.apply.stage import Stage

MakeStage = Callable[..., Stage]


def test_both_tunnels_are_hardened_one_after_the_other(stage: MakeStage) -> None:
    play = stage(office="")
    wanted = play.make_plan("ikev2-only", "startup-start")
    outcomes = play.apply(wanted)
    assert [(each.done, each.steps, each.why) for each in outcomes] == [(2, 2, None)]
    assert play.witness.violations == []
    assert play.witness.cuts == 2
    assert play.make_plan("ikev2-only", "startup-start").steps == ()
