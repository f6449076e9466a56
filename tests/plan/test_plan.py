"""The plan as a whole: one step a tunnel, down tunnels first, risks, limits, refusals."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothup.engine.plan import Present
from bothup.model.bundle import Replacement
from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.connection import Routing, TunnelOptions, TunnelStatus
from bothup.model.plan import Action, Plan, Risk
from bothup.model.tunnel_settings import fingerprint
from tests.plan.subjects import (
    DOWN,
    NOW,
    TARGET,
    UNKNOWN,
    UP,
    WISHES,
    A,
    B,
    connection,
    planned,
    subject,
    tunnel,
)

ONE_DOWN = connection(tunnel(A, UP), tunnel(B, DOWN))
WINDOW = msgspec.structs.replace(WISHES, window="Sun 02:00-04:00 UTC")


def test_all_changes_of_a_tunnel_travel_in_one_step() -> None:
    made = planned(subject(connection()))
    on_tunnels = [step for step in made.steps if step.tunnel]
    assert [step.tunnel for step in on_tunnels] == [A, B]
    assert on_tunnels[0].remedy == (
        "dpd-restart+ikev2-only+lifecycle-control+startup-start+strong-crypto+tunnel-logs"
    )
    assert {"IKEVersions", "StartupAction", "LogOptions"} < set(on_tunnels[0].after)
    assert set(on_tunnels[0].before) == set(on_tunnels[0].after)


def test_down_tunnels_come_first_and_the_last_one_up_comes_last() -> None:
    both_up = connection(name="vpn-0b")
    made = planned(subject(ONE_DOWN), subject(both_up), only=("dpd-restart",))
    assert [(step.resource, step.tunnel, step.risk) for step in made.steps] == [
        ("vpn-0a", B, Risk.DOWN_TUNNEL),
        ("vpn-0b", A, Risk.UP_TUNNEL),
        ("vpn-0b", B, Risk.UP_TUNNEL),
        ("vpn-0a", A, Risk.LAST_UP_TUNNEL),
    ]
    assert {step.interruption for step in made.steps} == {300}


@pytest.mark.parametrize(
    ("here", "sibling", "risk"),
    [
        (tunnel(A, DOWN), tunnel(B, DOWN), Risk.DOWN_TUNNEL),
        (tunnel(A, DOWN), tunnel(B, UP), Risk.DOWN_TUNNEL),
        (tunnel(A, UP), tunnel(B, UP), Risk.UP_TUNNEL),
        (tunnel(A, UP), tunnel(B, DOWN), Risk.LAST_UP_TUNNEL),
        (tunnel(A, UP), tunnel(B, UNKNOWN), Risk.LAST_UP_TUNNEL),
        (tunnel(A, UNKNOWN), tunnel(B, UP), Risk.UP_TUNNEL),
        (tunnel(A, UNKNOWN), tunnel(B, UNKNOWN), Risk.LAST_UP_TUNNEL),
        (
            tunnel(A, UP),
            msgspec.structs.replace(tunnel(B, UP), accepted_routes=0),
            Risk.LAST_UP_TUNNEL,
        ),
    ],
)
def test_what_a_step_interrupts(here: object, sibling: object, risk: Risk) -> None:
    made = planned(subject(connection(here, sibling)), only=("dpd-restart",))  # type: ignore[arg-type]
    assert next(step.risk for step in made.steps if step.tunnel == A) is risk


def test_a_sibling_without_routes_carries_a_static_connection() -> None:
    silent = msgspec.structs.replace(tunnel(B, UP), accepted_routes=0)
    static = connection(tunnel(A), silent, routing=Routing.STATIC)
    made = planned(subject(static), only=("dpd-restart",))
    assert {step.risk for step in made.steps} == {Risk.UP_TUNNEL}


def test_lifecycle_control_alone_interrupts_nothing_and_with_others_it_does() -> None:
    alone = planned(subject(connection()), only=("lifecycle-control",)).steps[0]
    assert (alone.in_place, alone.interrupts, alone.risk, alone.interruption) == (
        True,
        False,
        Risk.NONE,
        0,
    )
    both = planned(subject(connection()), only=("lifecycle-control", "dpd-restart")).steps[0]
    assert (both.in_place, both.interrupts) == (False, True)


def test_a_step_that_says_it_is_harmless_is_not_believed() -> None:
    step = planned(subject(connection()), only=("dpd-restart",)).steps[0]
    lying = msgspec.structs.replace(step, risk=Risk.NONE, in_place=True)
    assert lying.interrupts


def test_maintenance_goes_with_a_change_that_replaces_the_endpoint_anyway() -> None:
    pending = {A: Replacement(pending=True), B: Replacement(pending=True)}
    both = connection(tunnel(A), tunnel(B, dpd_action="restart"))
    of = subject(both, replacements=pending)
    made = planned(of, only=("dpd-restart", "apply-pending-maintenance"), wishes=WINDOW)
    assert [(step.tunnel, step.action) for step in made.steps] == [
        (A, Action.MODIFY_TUNNEL),
        (B, Action.REPLACE_TUNNEL),
    ]
    assert [(each.tunnel, each.remedy) for each in made.refused] == [
        (A, "apply-pending-maintenance")
    ]
    assert made.window == WINDOW.window


def test_the_log_group_is_created_once_before_all_that_need_it() -> None:
    made = planned(subject(connection()), subject(connection(name="vpn-0b")), only=("tunnel-logs",))
    first, *others = made.steps
    assert (first.action, first.resource) == (Action.CREATE_LOG_GROUP, "/aws/vendedlogs/vpn")
    assert first.after == {"logGroupName": "/aws/vendedlogs/vpn", "retentionInDays": 365}
    assert [step.needs for step in others] == [(first.id,)] * 4
    there = {TARGET: Present(groups=frozenset({"/aws/vendedlogs/vpn"}))}
    made = planned(subject(connection()), only=("tunnel-logs",), present=there)
    assert {step.action for step in made.steps} == {Action.MODIFY_TUNNEL}


def test_a_client_vpn_endpoint_gets_its_log_group_and_stream() -> None:
    endpoint = ClientVpnEndpoint(
        id="cvpn-endpoint-1", target=TARGET, state="available", log_enabled=False
    )
    made = planned(endpoints=(endpoint,), only=("client-vpn-logging",))
    group, stream, change = made.steps
    assert [step.action for step in made.steps] == [
        Action.CREATE_LOG_GROUP,
        Action.CREATE_LOG_STREAM,
        Action.MODIFY_CLIENT_VPN,
    ]
    assert stream.needs == (group.id,)
    assert change.needs == (group.id, stream.id)
    assert change.before == {"ConnectionLogOptions": {"Enabled": False}}
    assert not change.interrupts
    deleted = msgspec.structs.replace(endpoint, state="deleted")
    assert planned(endpoints=(deleted,), only=("client-vpn-logging",)).steps == ()


def test_max_steps_counts_changes_and_keeps_what_they_need() -> None:
    few = msgspec.structs.replace(WISHES, max_steps=1)
    made = planned(subject(ONE_DOWN), only=("tunnel-logs",), wishes=few)
    assert [(step.action, step.tunnel) for step in made.steps] == [
        (Action.CREATE_LOG_GROUP, None),
        (Action.MODIFY_TUNNEL, B),
    ]
    assert made.notices == ("--max-steps leaves out 1 more",)


@pytest.mark.parametrize("state", ["pending", "deleting", "deleted"])
def test_what_is_gone_is_passed_over(state: str) -> None:
    made = planned(subject(connection(state=state)))
    assert (made.steps, made.refused) == ((), ())


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (connection(state="modifying"), "is modifying"),
        (connection(state=""), "in an unknown state"),
        (connection(tunnel(A)), "two tunnels"),
        (connection(tunnel(A), tunnel("")), "two tunnels"),
        (connection(tunnel(A), tunnel(B), tunnel("203.0.113.3")), "two tunnels"),
    ],
)
def test_what_cannot_be_planned_is_said(of: object, reason: str) -> None:
    made = planned(subject(of))  # type: ignore[arg-type]
    assert made.steps == ()
    (refused,) = made.refused
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        ({"aws:cloudformation:stack-name": "network"}, "CloudFormation stack network"),
        ({"managed-by": "Terraform"}, "Terraform (tag managed-by=Terraform)"),
        ({"terraform": "true"}, "Terraform (tag terraform)"),
        ({"terraform": "false"}, None),
        ({"Name": "office"}, None),
    ],
)
def test_a_connection_that_code_owns_is_warned_of(tags: dict[str, str], owner: str | None) -> None:
    (of,) = planned(subject(connection(tags=tags)), only=("dpd-restart",)).connections
    assert [each.split(" owns")[0] for each in of.warnings] == ([owner] if owner else [])


def test_preconditions_and_verification_say_what_apply_will_look_at() -> None:
    step = next(
        step for step in planned(subject(ONE_DOWN), only=("dpd-restart",)).steps if step.tunnel == A
    )
    assert step.preconditions == (
        "the connection is available",
        f"tunnel {B} is UP, and has stayed UP for the settle time",
        "DPDTimeoutAction is not set",
        "the device is not behind NAT, or has an IKE identity (no evidence of either)",
        "the device brings the tunnel up again: AWS does not (StartupAction start needs IKEv2)",
    )
    assert step.assumes == step.preconditions[-2:]
    assert step.verify == (
        "DPDTimeoutAction is restart",
        "what the step does not name is unchanged",
        "the tunnel is UP, and stays UP for the settle time",
    )


def test_a_plan_is_the_same_after_a_journey_through_json() -> None:
    made = planned(subject(ONE_DOWN))
    again = msgspec.json.decode(msgspec.json.encode(made), type=Plan)
    assert again == made
    assert again.id == made.id
    assert msgspec.structs.replace(made, made_at=NOW + timedelta(seconds=1)).id != made.id


OPTIONS = {
    "ike_versions": st.sampled_from([(), ("ikev2",), ("ikev1", "ikev2")]),
    "startup_action": st.sampled_from([None, "add", "start"]),
    "dpd_action": st.sampled_from([None, "clear", "restart"]),
    "phase1_lifetime": st.sampled_from([None, 28800, 3600]),
    "lifecycle_control": st.booleans(),
}


@given(
    options=st.fixed_dictionaries(OPTIONS),
    status=st.sampled_from([UP, DOWN, UNKNOWN]),
    sibling=st.sampled_from([UP, DOWN, UNKNOWN]),
)
def test_the_fingerprint_is_of_what_the_step_does_not_name(
    options: dict[str, object], status: TunnelStatus, sibling: TunnelStatus
) -> None:
    here = tunnel(A, status, **options)
    made = planned(subject(connection(here, tunnel(B, sibling))))
    for step in (step for step in made.steps if step.tunnel == A):
        named = set(step.after)
        moved = msgspec.structs.replace(here, status=UP, status_message="flapped")
        same = connection(moved, tunnel(B, UP, dpd_action="none"))
        assert fingerprint(same, moved, named) == step.fingerprint
        assert isinstance(here.options, TunnelOptions)
        other = msgspec.structs.replace(
            here, options=msgspec.structs.replace(here.options, replay_window=64)
        )
        assert fingerprint(connection(other, tunnel(B)), other, named) != step.fingerprint
        elsewhere = connection(here, tunnel(B), gateway_id="tgw-2")
        assert fingerprint(elsewhere, here, named) != step.fingerprint
