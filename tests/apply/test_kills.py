"""Kills at any point: whatever line a process ends at, another one goes on from there."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from bothup.apply.journal import Journal
from tests.apply.play import PACE, TIMING
from tests.apply.stage import Killed, Stage

MakeStage = Callable[..., Stage]
# What a killed process leaves behind stumbles over its closed journal when it is collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def kills() -> Iterator[tuple[str, int]]:
    """All through an apply of two tunnels, and line by line around the first change."""
    yield from (("line", line) for line in range(0, 2400, 60))
    yield from (("change", line) for line in range(25))


@pytest.mark.parametrize("kill", list(kills()), ids=lambda kill: f"{kill[0]}-{kill[1]}")
def test_killed_anywhere_and_gone_on_with(stage: MakeStage, kill: tuple[str, int]) -> None:
    play = stage(timing=TIMING, office="")
    play.witness.settle = PACE.settle
    wanted = play.make_plan("dpd-restart")
    try:
        play.apply(wanted, kill_at=kill, owner="killed", pace=PACE)
    except Killed:
        again = ("line", kill[1] % 500)
        with contextlib.suppress(Killed):
            play.resume(kill_at=again, owner="killed again", pace=PACE)
        with contextlib.suppress(StopIteration):  # nothing was left to do
            outcomes = play.resume(owner="last", pace=PACE)
            assert [(each.done, each.steps, each.why) for each in outcomes] == [(2, 2, None)]
    assert play.changes == 2
    assert play.witness.violations == []
    assert all(tunnel.now.up for tunnel in play.connection("office").tunnels)
    with Journal(play.journal_path) as journal:
        (begun,) = journal.applies()
        assert begun.finished_at is not None
    assert play.make_plan("dpd-restart").steps == ()


@pytest.mark.parametrize("line", range(0, 45, 3))
def test_killed_in_a_rollback_and_gone_on_with(stage: MakeStage, line: int) -> None:
    play = stage(timing=TIMING, office="")
    play.witness.settle = PACE.settle
    wanted = play.make_plan("dpd-restart")
    office = play.connection("office")
    first = [tunnel.outside_ip for tunnel in office.tunnels].index(wanted.steps[0].tunnel or "")
    play.set_device(office, first, configured=False)

    def device_comes_back(number: int) -> None:
        if play.changes == 2:
            play.set_device(office, first, configured=True)

    play.at_sleep = device_comes_back
    with pytest.raises(Killed):
        play.apply(
            wanted, kill_at=("second change", line), owner="killed", pace=PACE, rollback=True
        )
    (outcome,) = play.resume(owner="last", pace=PACE, rollback=True)
    assert "It was rolled back" in outcome.text
    assert play.changes == 2
    assert play.witness.violations == []
    assert all(tunnel.now.up for tunnel in office.tunnels)
    assert office.tunnels[first].options["DpdTimeoutAction"] == "clear"


@pytest.mark.parametrize("known", [False, True])
def test_a_change_that_aws_does_not_show_yet_is_taken_back(stage: MakeStage, known: bool) -> None:
    """Killed just after the call, undone at once: the former options may be all that is shown.

    Whether the call took effect may be known by then.
    """
    play = stage(timing=TIMING, office="kind = 'idle'")
    play.witness.settle, play.stale = PACE.settle, 10.0
    play.flip(play.connection("office"), 0, up=False)
    before = [dict(tunnel.options) for tunnel in play.connection("office").tunnels]
    wanted = play.make_plan("startup-start", "lifecycle-control")
    with pytest.raises(Killed):
        play.apply(wanted, kill_at=("change", 32 if known else 0), owner="killed", pace=PACE)
    with Journal(play.journal_path) as journal:
        assert [each.state for each in journal.events()][-1] == ("called" if known else "calling")
    assert [tunnel.options for tunnel in play.connection("office").tunnels] != before
    play.undo(wanted, owner="undoes", pace=PACE)
    play.pass_time(60)
    after = [tunnel.options for tunnel in play.connection("office").tunnels]
    assert [each.get("StartupAction", "add") for each in after] == ["add", "add"]
    assert play.make_plan("startup-start", "lifecycle-control").steps == wanted.steps
    assert play.witness.violations == []
