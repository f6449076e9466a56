"""Plans carried out on the simulated AWS: in order, one tunnel at a time, and taken back."""

import contextlib
import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from bothup.apply.journal import Journal, State
from bothup.apply.stops import Interrupted, NotPermitted, Why
from bothup.model.plan import Plan
from bothup.sim.faults import Fault
from bothup.sim.vpn import SimConnection
from tests.apply.play import PACE as QUICK
from tests.apply.play import TIMING
from tests.apply.stage import PACE, REGION, TARGET, Killed, Stage

MakeStage = Callable[..., Stage]
# What a killed process leaves behind stumbles over its closed journal when it is collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
HARDEN = ("ikev2-only", "startup-start", "dpd-restart", "lifecycle-control")


def ended(outcomes: Any) -> list[tuple[int, int, Why | None]]:
    return [(each.done, each.steps, each.why) for each in outcomes]


def up(connection: SimConnection) -> list[bool]:
    return [tunnel.now.up for tunnel in connection.tunnels]


def number(connection: SimConnection, outside_ip: str | None) -> int:
    return [tunnel.outside_ip for tunnel in connection.tunnels].index(outside_ip or "")


def texts(play: Stage) -> list[str]:
    return [told.text for told in play.told]


def test_both_tunnels_are_hardened_one_after_the_other(stage: MakeStage) -> None:
    play = stage(office="")
    assert ended(play.apply(play.make_plan(*HARDEN))) == [(2, 2, None)]
    assert play.witness.cuts == 2
    assert play.witness.violations == []
    for tunnel in play.connection("office").tunnels:
        assert tunnel.options["IkeVersions"] == [{"Value": "ikev2"}]
        assert tunnel.options["StartupAction"] == "start"
        assert tunnel.now.up
    assert play.make_plan(*HARDEN).steps == ()


def test_the_settle_time_lies_between_two_tunnels(stage: MakeStage) -> None:
    play = stage(office="")
    downs: list[tuple[float, bool]] = []
    play.world.machine.on_change(
        lambda change: downs.append((play.clock.now().timestamp(), change.after.up))
    )
    play.apply(play.make_plan("dpd-restart"))
    back = next(when for when, is_up in downs if is_up)
    second = [when for when, is_up in downs if not is_up][-2]
    assert second - back >= PACE.settle - PACE.poll


def test_nothing_to_do_changes_nothing(stage: MakeStage) -> None:
    play = stage(office="kind = 'hardened'")
    wanted = play.make_plan("startup-start", "ikev2-only")
    assert wanted.steps == ()
    assert play.apply(wanted) == ()
    assert play.changes == 0


def test_what_is_in_force_already_is_not_made_again(stage: MakeStage) -> None:
    play = stage(office="")
    wanted = play.make_plan("dpd-restart")
    play.apply(wanted)
    changes = play.changes
    assert ended(play.apply(wanted)) == [(2, 2, None)]
    assert play.changes == changes
    assert texts(play)[-2:] == ["in force already"] * 2


def test_lifecycle_control_alone_interrupts_nothing(stage: MakeStage) -> None:
    play = stage(office="kind = 'idle'")
    play.apply(play.make_plan("lifecycle-control"))
    assert (play.changes, play.witness.cuts) == (2, 0)
    assert all(
        tunnel.options["EnableTunnelLifecycleControl"]
        for tunnel in play.connection("office").tunnels
    )


def test_a_down_tunnel_is_mended_first_and_then_its_sibling(stage: MakeStage) -> None:
    play = stage(office="kind = 'idle'")
    office = play.connection("office")
    assert up(office) == [True, False]
    wanted = play.make_plan("startup-start")
    assert ended(play.apply(wanted)) == [(2, 2, None)]
    assert up(office) == [True, True]
    assert [told.tunnel for told in play.told if told.text == "changed"] == [
        office.tunnels[1].outside_ip,
        office.tunnels[0].outside_ip,
    ]


def test_the_tunnel_that_is_down_by_now_goes_first(stage: MakeStage) -> None:
    play = stage(office="")
    wanted = play.make_plan("dpd-restart")
    office = play.connection("office")
    last = wanted.steps[1].tunnel
    play.flip(office, number(office, last), up=False)
    play.apply(wanted)
    assert next(told.tunnel for told in play.told if told.text == "changed") == last


def test_the_last_tunnel_stays_where_its_sibling_does_not_come_up(stage: MakeStage) -> None:
    play = stage(office="kind = 'wrong-key'")
    outcomes = play.apply(play.make_plan("dpd-restart"))
    assert ended(outcomes) == [(1, 2, Why.GUARD)]
    assert "DOWN: the connection would be cut" in outcomes[0].text
    assert up(play.connection("office")) == [True, False]
    assert any("down as it was before" in text for text in texts(play))


def test_a_connection_that_is_down_is_left_alone_unless_an_outage_is_allowed(
    stage: MakeStage,
) -> None:
    play = stage(office="kind = 'site-down'", other="kind = 'site-down'")
    wanted = play.make_plan("dpd-restart")
    assert [each.why for each in play.apply(wanted)] == [Why.GUARD] * 2
    assert play.changes == 0
    allowed = play.connection("office").id
    play.witness.outages = {allowed}
    outcomes = {each.resource: each.why for each in play.resume(outages=[allowed])}
    assert outcomes == {
        f"{TARGET.account}/{REGION}/{allowed}": None,
        f"{TARGET.account}/{REGION}/{play.connection('other').id}": Why.GUARD,
    }


def test_drift_stops_its_connection_and_no_other(stage: MakeStage) -> None:
    play = stage(office="", other="")
    wanted = play.make_plan("dpd-restart")
    play.meddle(play.connection("office"), 0)
    play.pass_time(900)
    outcomes = {each.resource.rpartition("/")[2]: each for each in play.apply(wanted)}
    assert outcomes[play.connection("office").id].why is Why.DRIFT
    assert "plan again" in outcomes[play.connection("office").id].text
    assert outcomes[play.connection("other").id].why is None


def test_drift_while_a_tunnel_is_waited_for_leaves_nothing_unsettled(stage: MakeStage) -> None:
    play = stage(office="")
    office = play.connection("office")
    wanted = play.make_plan("dpd-restart")
    first = number(office, wanted.steps[0].tunnel)

    def meddle_afterwards(_: int) -> None:
        if play.changes == 1 and office.state == "available":
            play.meddle(office, first)

    play.at_sleep = meddle_afterwards
    (outcome,) = play.apply(wanted)
    play.at_sleep = None
    assert outcome.why is Why.DRIFT
    play.pass_time(900)
    assert play.resume()[0].why is Why.DRIFT
    again = play.make_plan("dpd-restart")
    assert ended(play.apply(again))[0][2] is None
    assert play.witness.violations == []


@pytest.mark.parametrize("rollback", [False, True])
def test_a_tunnel_that_does_not_come_back_stops_its_connection(
    stage: MakeStage, rollback: bool
) -> None:
    play = stage(office="", other="")
    wanted = play.make_plan("dpd-restart", "ikev2-only", "startup-start")
    office = play.connection("office")
    first = office.tunnels[number(office, wanted.steps[0].tunnel)]
    first.device = msgspec.structs.replace(first.device, ike=("ikev1",))
    outcomes = {
        each.resource.rpartition("/")[2]: each for each in play.apply(wanted, rollback=rollback)
    }
    stopped = outcomes[office.id]
    assert (stopped.done, stopped.why) == (0, Why.NOT_BACK)
    assert outcomes[play.connection("other").id].why is None
    assert sorted(up(office)) == [rollback, True]
    assert play.witness.violations == []
    if rollback:
        assert "It was rolled back" in stopped.text
        assert first.options["IkeVersions"] == [{"Value": "ikev1"}, {"Value": "ikev2"}]
        assert ended(play.resume())[0] == (0, 2, Why.NOT_BACK)
    else:
        assert "it takes IKEv2 alone now" in stopped.text
        assert "aws ec2 modify-vpn-tunnel-options --region eu-central-1" in stopped.text
        assert '"StartupAction":"add"' in stopped.text


def test_a_tunnel_that_comes_back_late_is_gone_on_with(stage: MakeStage) -> None:
    play = stage(office="")
    wanted = play.make_plan("dpd-restart")
    office = play.connection("office")
    first = number(office, wanted.steps[0].tunnel)
    play.set_device(office, first, configured=False)
    assert play.apply(wanted)[0].why is Why.NOT_BACK
    play.set_device(office, first, configured=True)
    play.flip(office, first, up=True)
    assert ended(play.resume()) == [(2, 2, None)]
    assert play.witness.violations == []


@pytest.mark.parametrize("how", ["reset-mid-body", "truncated"])
def test_a_lost_answer_is_looked_for_and_the_call_not_made_again(
    stage: MakeStage, how: str
) -> None:
    play = stage(office="")
    play.stale = 30
    play.lose = [how, how]
    assert ended(play.apply(play.make_plan("dpd-restart"))) == [(2, 2, None)]
    assert play.changes == 2
    assert "the call took effect" in texts(play)
    assert play.witness.violations == []


@pytest.mark.parametrize("lag", [100, 200, 400])
def test_telemetry_that_is_late_is_waited_for(stage: MakeStage, lag: float) -> None:
    play = stage(office="")
    play.lag, play.lax, play.witness.settle = lag, True, PACE.settle
    pace = msgspec.structs.replace(PACE, up_within=600)
    assert ended(play.apply(play.make_plan("dpd-restart"), pace=pace)) == [(2, 2, None)]
    assert play.witness.violations == []
    assert play.changes == 2


@pytest.mark.parametrize(("lag", "ago"), [(45, 15), (100, 45)])
def test_a_tunnel_that_came_up_just_before_its_change_is_not_taken_for_back(
    stage: MakeStage, lag: float, ago: float
) -> None:
    play = stage(timing=TIMING, office="")
    play.lag, play.lax, play.witness.settle = lag, True, QUICK.settle
    office = play.connection("office")
    play.flip(office, 1, up=False)
    play.pass_time(300)
    wanted = play.make_plan("dpd-restart")
    assert wanted.steps[0].tunnel == office.tunnels[1].outside_ip
    play.flip(office, 1, up=True)
    play.pass_time(ago)
    pace = msgspec.structs.replace(QUICK, stale=1.5 * lag, up_within=300)
    assert ended(play.apply(wanted, pace=pace)) == [(2, 2, None)]
    assert play.witness.violations == []


def test_a_change_that_aws_makes_without_interruption_is_no_riddle(stage: MakeStage) -> None:
    play = stage(office="")
    wanted = play.make_plan("dpd-restart")
    machine = play.world.machine

    def in_place(connection: Any, tunnel: Any, new: Any) -> None:
        machine.set_options(tunnel, new)

    machine.modify = in_place  # type: ignore[method-assign]
    assert ended(play.apply(wanted)) == [(2, 2, None)]
    assert play.changes == 2


def test_a_call_that_never_arrived_is_made_again_after_a_while(stage: MakeStage) -> None:
    play = stage(office="")
    wanted = play.make_plan("dpd-restart")
    broken = Fault(operation="ec2:ModifyVpnTunnelOptions", kind="reset", times=1)

    def after_dry_runs(number: int) -> None:
        if number == 1:
            play.front.faults.add(broken)

    play.at_sleep = after_dry_runs
    assert ended(play.apply(wanted)) == [(2, 2, None)]
    assert "the call took no effect" in texts(play)
    assert play.changes == 2


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "IncorrectState"])
def test_a_call_that_is_not_taken_is_made_a_little_later(stage: MakeStage, code: str) -> None:
    play = stage(office="")
    wanted = play.make_plan("dpd-restart")
    busy = Fault(operation="ec2:ModifyVpnTunnelOptions", code=code, times=2)
    play.at_sleep = lambda number: play.front.faults.add(busy) if number == 1 else None
    assert ended(play.apply(wanted)) == [(2, 2, None)]
    assert play.changes == 2


def test_a_call_that_is_never_taken_is_given_up(stage: MakeStage) -> None:
    play = stage(office="")
    wanted = play.make_plan("dpd-restart")
    busy = Fault(operation="ec2:ModifyVpnTunnelOptions", code="IncorrectState")
    play.at_sleep = lambda number: play.front.faults.add(busy) if number == 1 else None
    (outcome,) = play.apply(wanted)
    assert (outcome.done, outcome.why) == (0, Why.AWS)
    assert "none of 3 attempts" in outcome.text


def test_a_missing_permission_is_found_before_anything_changes(stage: MakeStage) -> None:
    play = stage(office="", other="")
    wanted = play.make_plan()
    denied = Fault(operation="ec2:ModifyVpnTunnelOptions", code="UnauthorizedOperation")
    play.front.faults.add(denied)
    with pytest.raises(NotPermitted, match="UnauthorizedOperation"):
        play.apply(wanted)
    assert play.changes == 0
    assert play.front.calls.count("logs:CreateLogGroup") == 0


def test_what_a_dry_run_refuses_stops_its_connection_alone(stage: MakeStage) -> None:
    play = stage(office="", other="")
    wanted = play.make_plan("dpd-restart")
    bad = Fault(operation="ec2:ModifyVpnTunnelOptions", code="InvalidParameterValue", times=1)
    play.front.faults.add(bad)
    outcomes = play.apply(wanted)
    assert sorted(str(each.why) for each in outcomes) == ["None", "aws"]
    assert any("refused by a dry run" in each.text for each in outcomes)


def test_a_log_group_that_cannot_be_made_stops_what_needs_it(stage: MakeStage) -> None:
    play = stage(office="")
    wanted = play.make_plan("tunnel-logs")
    play.front.faults.add(Fault(operation="logs:CreateLogGroup", code="AccessDeniedException"))
    group, tunnels = play.apply(wanted)
    assert (group.why, tunnels.why) == (Why.AWS, Why.NEEDS)
    assert play.changes == 0
    play.front.faults.clear()
    assert [each.why for each in play.resume()] == [None, None]


def test_one_connection_after_the_other_or_side_by_side(stage: MakeStage) -> None:
    play = stage(office="", other="kind = 'idle'", third="routing = 'static'")
    # Each of the three turns the clock for all of them, so what was seen is old sooner than it is.
    pace = msgspec.structs.replace(PACE, fresh=100)
    outcomes = play.apply(play.make_plan(*HARDEN), parallel=3, pace=pace)
    assert ended(outcomes) == [(2, 2, None)] * 3
    assert {each for each in play.witness.violations if "was seen" not in each} == set()


def test_pending_maintenance_is_applied_once(stage: MakeStage) -> None:
    pending = "tunnels = [{maintenance = 'pending'}, {maintenance = 'pending'}]"
    play = stage(office=pending)
    wanted = play.make_plan("apply-pending-maintenance", window="daily 00:00-23:59")
    play.lose = ["truncated"]
    assert ended(play.apply(wanted)) == [(2, 2, None)]
    assert play.changes == 2
    assert not any(tunnel.maintenance_pending for tunnel in play.connection("office").tunnels)
    assert play.make_plan("apply-pending-maintenance", window="daily 00:00-23:59").steps == ()


def options(connection: SimConnection) -> list[dict[str, Any]]:
    return [dict(tunnel.options) for tunnel in connection.tunnels]


FULL = (
    "options = {IKEVersions = ['ikev1', 'ikev2'], StartupAction = 'add', DPDTimeoutAction = 'none',"
    " Phase1LifetimeSeconds = 7200, RekeyFuzzPercentage = 50, ReplayWindowSize = 128}"
)


@pytest.mark.parametrize("before", [FULL, "routing = 'static'"])
def test_undo_restores_what_was_there_as_carefully(stage: MakeStage, before: str) -> None:
    play = stage(office=before)
    office = play.connection("office")
    former = options(office)
    wanted = play.make_plan(*HARDEN)
    play.apply(wanted)
    assert options(office) != former
    assert ended(play.undo(wanted)) == [(2, 2, None)]
    assert play.witness.violations == []
    for was, now in zip(former, options(office), strict=True):
        for name in {*was, *now}:
            assert now.get(name, DEFAULT.get(name)) == was.get(name, DEFAULT.get(name)), name
    assert play.undo(wanted) == ()
    with pytest.raises(StopIteration):
        play.resume()
    again = play.make_plan(*HARDEN)
    assert {name for step in again.steps for name in step.after} == {
        name for step in wanted.steps for name in step.after
    }


DEFAULT = {
    "IkeVersions": [{"Value": "ikev1"}, {"Value": "ikev2"}],
    "StartupAction": "add",
    "DpdTimeoutAction": "clear",
    "EnableTunnelLifecycleControl": False,
}


def test_undo_of_what_was_cut_off_restores_only_what_was_changed(stage: MakeStage) -> None:
    play = stage(office="")
    office = play.connection("office")
    former = options(office)
    wanted = play.make_plan("dpd-restart")
    with contextlib.suppress(Killed):
        play.apply(wanted, kill_at=("change", 3), owner="killed")
    play.pass_time(900)
    assert play.changes == 1
    assert [each.why for each in play.undo(wanted)] == [None]
    assert play.changes == 2
    changed = number(office, wanted.steps[0].tunnel)
    former[changed]["DpdTimeoutAction"] = "clear"
    assert options(office) == former


def test_an_undo_that_takes_a_tunnel_down_for_good_leaves_its_sibling(stage: MakeStage) -> None:
    play = stage(office="kind = 'idle'")
    wanted = play.make_plan("startup-start")
    play.apply(wanted)
    (outcome,) = play.undo(wanted)
    assert (outcome.done, outcome.why) == (1, Why.NOT_BACK)
    assert "AWS does not initiate" in outcome.text
    assert play.witness.violations == []
    assert sorted(up(play.connection("office"))) == [False, True]


def test_an_undo_that_was_cut_off_goes_on(stage: MakeStage) -> None:
    play = stage(office="")
    wanted = play.make_plan("dpd-restart")
    play.apply(wanted)
    with contextlib.suppress(Killed):
        play.undo(wanted, kill_at=("change", 3), owner="killed")
    assert ended(play.resume()) == [(2, 2, None)]
    assert {t.options["DpdTimeoutAction"] for t in play.connection("office").tunnels} == {"clear"}
    assert play.witness.violations == []


def test_a_plan_that_left_something_unsettled_comes_before_another_one(stage: MakeStage) -> None:
    play = stage(office="")
    wanted = play.make_plan("dpd-restart")
    with contextlib.suppress(Killed):
        play.apply(wanted, kill_at=("change", 3), owner="killed")
    play.pass_time(900)
    other = play.make_plan("lifecycle-control")
    (outcome,) = play.apply(other)
    assert outcome.why is Why.LOCKED
    assert wanted.id in outcome.text
    with Journal(play.journal_path) as journal:
        number = journal.applies(wanted.id)[0].id
        assert journal.entry(number, wanted.steps[0].id).state in (State.CALLING, State.CALLED)
    begun = journal_of(play, wanted)
    assert begun == 1


def journal_of(play: Stage, wanted: Plan) -> int:
    with contextlib.closing(sqlite3.connect(play.journal_path)) as db:
        rows = db.execute("SELECT count(*) FROM applies WHERE plan_id = ?", (wanted.id,))
        return int(rows.fetchone()[0])


def test_somebody_asks_to_stop(stage: MakeStage) -> None:
    play = stage(office="")
    wanted = play.make_plan("dpd-restart")

    def stop_after_the_call(number: int) -> None:
        play.stop = play.changes == 1

    play.at_sleep = stop_after_the_call
    with pytest.raises(Interrupted):
        play.apply(wanted, owner="first")
    play.at_sleep, play.stop = None, False
    assert play.held(PACE.lease) == set()
    assert ended(play.resume(owner="second")) == [(2, 2, None)]
    assert play.changes == 2


def test_a_second_apply_on_the_same_connection_is_refused(stage: MakeStage) -> None:
    play = stage(office="", other="")
    wanted = play.make_plan("dpd-restart")
    office = play.connection("office").id
    second: list[Any] = []

    async def apply_again() -> None:
        play.at_sleep = None
        second.extend(await play.carry_out(wanted, owner="second"))

    play.at_sleep = lambda number: apply_again() if play.changes == 1 else None
    outcomes = play.apply(wanted, owner="first")
    locked = [each for each in second if each.why is Why.LOCKED]
    assert len(locked) == 1
    assert "being changed by process" in locked[0].text
    assert office in {each.resource.rpartition("/")[2] for each in (*outcomes, *second)}
    assert play.witness.violations == []


def test_no_key_is_sent_stored_or_told(stage: MakeStage) -> None:
    play = stage(office="kind = 'idle'")
    wanted = play.make_plan()
    play.apply(wanted)
    keys = [tunnel.options["PreSharedKey"] for tunnel in play.connection("office").tunnels]
    kept = [msgspec.json.encode(wanted).decode(), *texts(play)]
    kept += [
        file.read_bytes().decode("latin-1") for file in play.journal_path.parent.glob("journal*")
    ]
    for key in keys:
        assert key.startswith("SIMPSK")
        assert not any(key in text for text in kept)
    assert play.witness.violations == []


def test_everything_at_once(stage: MakeStage) -> None:
    play = stage(office="", other="kind = 'idle'", third="routing = 'static'")
    play.front.moto.reset()
    outcomes = play.apply(play.make_plan())
    assert {each.why for each in outcomes} == {None}
    assert play.witness.violations == []
    assert play.witness.cuts == 6
    left = play.make_plan(max_steps=None)
    assert {step.remedy for step in left.steps} <= {"ikev2-only", "ikev2-only+strong-crypto"}
