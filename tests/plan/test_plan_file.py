"""Plans read back from files: strictly, for what they say is going to be done."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from bothup.errors import InputError
from bothup.read.plan_file import read_plan
from tests.plan.subjects import connection, planned, subject

Tamper = Callable[[dict[str, Any]], None]


def document(*only: str) -> dict[str, Any]:
    return dict(json.loads(msgspec.json.encode(planned(subject(connection()), only=only))))


def test_a_plan_is_read_as_it_was_written() -> None:
    made = planned(subject(connection()))
    assert read_plan(msgspec.json.encode(made), "plan.json") == made


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "not a plan: None"),
        (b'{"schema": "bothup.scan/1"}', "not a plan: 'bothup.scan/1'"),
        (b'{"schema": "bothup.plan/1"}', "missing required field"),
        (b'{"schema": "bothup.plan/1", "tool": 3}', "Expected `object`"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_plan(text: bytes, problem: str) -> None:
    with pytest.raises(InputError, match=problem) as refused:
        read_plan(text, "plan.json")
    assert str(refused.value).startswith("plan.json")


def set_key(step: dict[str, Any]) -> None:
    step["before"]["PreSharedKey"] = step["after"]["PreSharedKey"] = "not.a.real.key"


def set_nothing(step: dict[str, Any]) -> None:
    step["after"] = step["before"] = {}


def restore_nothing(step: dict[str, Any]) -> None:
    step["before"] = {}


def hide_the_state(step: dict[str, Any]) -> None:
    step["fingerprint"] = ""


def name_no_tunnel(step: dict[str, Any]) -> None:
    step["tunnel"] = None


def set_what_it_does_not(step: dict[str, Any]) -> None:
    step["action"] = "replace-vpn-tunnel"


def leave_the_account_out(step: dict[str, Any]) -> None:
    step["account"] = ""


def respell_the_region(step: dict[str, Any]) -> None:
    step["region"] = "EU-CENTRAL-1"


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (leave_the_account_out, "not an account id"),
        (respell_the_region, "not a Region"),
        (set_key, "no remedy sets 'PreSharedKey'"),
        (set_nothing, "sets nothing"),
        (restore_nothing, "before and after"),
        (hide_the_state, "not the state it is for"),
        (name_no_tunnel, "names no tunnel"),
        (set_what_it_does_not, "no remedy sets"),
    ],
)
def test_a_step_that_no_remedy_makes(tamper: Tamper, problem: str) -> None:
    said = document("dpd-restart")
    tamper(said["steps"][1])
    with pytest.raises(InputError, match=problem) as refused:
        read_plan(json.dumps(said).encode(), "plan.json")
    assert "$.steps[1]" in str(refused.value)
    assert "not.a.real.key" not in str(refused.value)


def test_two_steps_with_one_id() -> None:
    said = document("dpd-restart")
    said["steps"][1]["id"] = said["steps"][0]["id"]
    with pytest.raises(InputError, match="two steps have the same id"):
        read_plan(json.dumps(said).encode(), "plan.json")


def test_a_log_group_by_another_name_than_its_step_has() -> None:
    said = document("tunnel-logs")
    said["steps"][0]["after"]["logGroupName"] = "/somebody/elses"
    with pytest.raises(InputError, match=r"steps\[0\].*not on the log group that it names"):
        read_plan(json.dumps(said).encode(), "plan.json")


def test_a_step_that_does_not_say_what_was_there() -> None:
    said = document("tunnel-logs")
    said["steps"][0] |= {
        "action": "modify-instance-metadata-options",
        "after": {"HttpTokens": "required"},
    }
    with pytest.raises(InputError, match=r"steps\[0\].*before and after"):
        read_plan(json.dumps(said).encode(), "plan.json")


@pytest.mark.parametrize("member", ["before", "after"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("StartupAction", {}),
        ("IKEVersions", "ikev2"),
        ("Phase1DHGroupNumbers", [14, "15"]),
        ("EnableTunnelLifecycleControl", 1),
        ("LogOptions", {}),
        ("LogOptions", {"CloudWatchLogOptions": {"LogEnabled": []}}),
    ],
)
def test_a_setting_of_another_type(member: str, name: str, value: Any) -> None:
    said = document("dpd-restart")
    step = said["steps"][0]
    step["before"], step["after"] = {"DPDTimeoutAction": None}, {"DPDTimeoutAction": "restart"}
    step["before"][name] = step["after"][name] = None
    step[member][name] = value
    with pytest.raises(InputError) as refused:
        read_plan(json.dumps(said).encode(), "plan.json")
    assert f"$.steps[0].{member}.{name}" in str(refused.value)
