"""The guard's own table: what it says of each state of a connection."""

from typing import Any

import msgspec
import pytest

from bothup.apply import guard
from bothup.apply.observed import Observed, Steadiness
from bothup.model.connection import Routing
from tests.plan.subjects import DOWN, NOW, UNKNOWN, UP, A, B, connection, planned, subject, tunnel

STEP = next(
    step for step in planned(subject(connection()), only=("dpd-restart",)).steps if step.tunnel == A
)
IN_PLACE = next(
    step
    for step in planned(subject(connection()), only=("lifecycle-control",)).steps
    if step.tunnel == A
)
SILENT = msgspec.structs.replace(tunnel(B), accepted_routes=0)


def said(step: Any = STEP, of: Any = None, up_for: Any = None, **more: Any) -> str | None:
    seen = Observed(
        connection=of or connection(),
        at=100.0,
        up_for={A: 500.0, B: 120.0} if up_for is None else up_for,
    )
    given = {"settle": 120.0, "fresh": 10.0, "now": 105.0, "outage": False, **more}
    return guard.objection(step, seen, **given)


def test_nothing_speaks_against_a_step_whose_sibling_is_up_and_steady() -> None:
    assert said() is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"now": 110.1}, "no longer fresh"),
        ({"of": connection(name="vpn-0b")}, "describes no tunnel"),
        ({"of": connection(tunnel("203.0.113.9"), tunnel(B))}, "describes no tunnel"),
        ({"of": connection(state="modifying")}, "is modifying"),
        ({"of": connection(state="")}, "unknown state"),
        ({"of": connection(tunnel(A))}, "two tunnels"),
        ({"of": connection(tunnel(A), tunnel(B), tunnel("203.0.113.3"))}, "two tunnels"),
        ({"of": connection(tunnel(A), tunnel(""))}, "two tunnels"),
        ({"of": connection(tunnel(A), tunnel(B, DOWN))}, "is DOWN"),
        ({"of": connection(tunnel(A), tunnel(B, UNKNOWN))}, "is UNKNOWN"),
        ({"of": connection(tunnel(A, DOWN), tunnel(B, DOWN))}, "is DOWN"),
        ({"of": connection(tunnel(A), SILENT)}, "brings no routes"),
        ({"up_for": {A: 500.0, B: 119.9}}, "has not been UP for 120 s"),
        ({"up_for": {A: 500.0}}, "has not been UP"),
    ],
)
def test_what_speaks_against_it(given: dict[str, Any], reason: str) -> None:
    assert reason in (said(**given) or "")


@pytest.mark.parametrize("step", [STEP, IN_PLACE])
def test_a_connection_that_is_not_available_is_never_changed(step: Any) -> None:
    assert "modifying" in (said(step, of=connection(state="modifying"), outage=True) or "")


def test_what_interrupts_nothing_needs_no_sibling() -> None:
    assert said(IN_PLACE, of=connection(tunnel(A), tunnel(B, DOWN)), up_for={}) is None


def test_an_outage_that_somebody_allowed() -> None:
    assert said(of=connection(tunnel(A), tunnel(B, DOWN)), up_for={}, outage=True) is None


def test_a_static_connection_brings_no_routes_and_is_carried_all_the_same() -> None:
    assert said(of=connection(tunnel(A), SILENT, routing=Routing.STATIC)) is None


def test_steadiness_is_watched_and_ends_with_any_change() -> None:
    watch = Steadiness()

    def look(at: float, status: Any = UP, changed: Any = NOW) -> float | None:
        of = connection(
            msgspec.structs.replace(tunnel(A, status), last_status_change=changed), tunnel(B)
        )
        return watch.observe(of, at).up_for.get(A)

    assert look(10) == 0
    assert look(40) == 30
    assert look(70, DOWN) is None
    assert look(80) == 0
    assert look(95) == 15
    assert look(100, changed=NOW.replace(minute=1)) == 0
    assert look(130, changed=NOW.replace(minute=1)) == 30
    assert look(140, UNKNOWN) is None


def test_a_tunnel_that_is_changed_is_not_back_before_aws_tells_that_it_went() -> None:
    later = NOW.replace(minute=5)
    for told in ({"status": DOWN, "changed": later}, {"status": UP, "changed": later}):
        watch = Steadiness()

        def look(at: float, status: Any = UP, changed: Any = NOW, on: Any = watch) -> float | None:
            here = msgspec.structs.replace(tunnel(A, status), last_status_change=changed)
            up_for: float | None = on.observe(connection(here, tunnel(B)), at).up_for.get(A)
            return up_for

        look(0)
        watch.expect_change(A, NOW)
        assert look(10) is None
        assert look(20, UNKNOWN) is None
        assert look(500) is None
        assert watch.expects_change(A)
        look(600, **told)
        assert not watch.expects_change(A)
        assert look(610, changed=later) is not None
    watch.expect_change(A, later)
    watch.expect_no_change(A)
    assert look(700, changed=later) == 0
    assert look(730, changed=later) == 30
