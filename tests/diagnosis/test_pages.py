"""Every cause has a page, and every sign that it may yield has a weight with a reason."""

import ast
import inspect
from pathlib import Path

import pytest

from bothup import causes
from bothup.engine.causes import DO_ON_AWS, DO_ON_DEVICE, SECTIONS, Suspect, suspect, suspects
from bothup.engine.weights import WEIGHTS
from bothup.errors import UsageError

IDS = """
    second-tunnel-not-configured ike-no-response nat-t-blocked psk-mismatch ike-version-mismatch
    ike-proposal-mismatch ipsec-proposal-mismatch traffic-selector-mismatch peer-identity-mismatch
    certificate-problem dpd-timeout idle-timeout peer-deleted-sa rekey-failure
    aws-endpoint-replacement recent-modification bgp-down bgp-asn-mismatch bgp-hold-timer
    bgp-prefix-limit bgp-unreachable customer-gateway-down gateway-not-attached unstable-path
    routing-asymmetry mtu-mss healthy unknown
"""
ROOM = Path(causes.__path__[0])


def each(found: Suspect) -> str:
    return found.cause.id


def test_the_ids_are_those_that_are_promised() -> None:
    assert sorted(found.cause.id for found in suspects()) == sorted(IDS.split())


@pytest.mark.parametrize("found", suspects(), ids=each)
def test_a_file_is_named_for_its_cause(found: Suspect) -> None:
    assert (ROOM / f"{found.cause.id.replace('-', '_')}.py").is_file()


@pytest.mark.parametrize("found", suspects(), ids=each)
def test_a_page_has_a_title_and_all_sections(found: Suspect) -> None:
    assert found.page.title
    assert not found.page.title.endswith(".")
    assert tuple(found.page.sections) == SECTIONS
    assert all(found.page.sections.values())


@pytest.mark.parametrize("found", suspects(), ids=each)
def test_the_advice_is_a_list_for_either_side(found: Suspect) -> None:
    for section in (DO_ON_AWS, DO_ON_DEVICE):
        advice = found.advice(section)
        assert advice
        assert all(item == " ".join(item.split()) for item in advice)


@pytest.mark.parametrize("found", suspects(), ids=each)
def test_a_cause_says_what_would_settle_it(found: Suspect) -> None:
    assert found.cause.settled_by


def sign_names(found: Suspect) -> set[str]:
    """Every text in a cause's file that could be the name of a sign of its."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(found.signs)))  # type: ignore[arg-type]
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str)}


@pytest.mark.parametrize("found", suspects(), ids=each)
def test_every_weight_is_of_a_sign_in_the_file(found: Suspect) -> None:
    assert set(WEIGHTS.get(found.cause.id, {})) <= sign_names(found)


CALLS = {
    "seen", "told", "telemetry", "option", "field", "compared", "configured", "changed",
    "certificates", "keys", "authenticated",
}  # fmt: skip


@pytest.mark.parametrize("found", suspects(), ids=each)
def test_every_sign_with_a_fixed_name_has_a_weight(found: Suspect) -> None:
    tree = ast.parse(inspect.getsource(inspect.getmodule(found.signs)))  # type: ignore[arg-type]
    named = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in CALLS
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert named <= set(WEIGHTS.get(found.cause.id, {}))


def test_weights_are_within_bounds_and_say_why() -> None:
    for cause, signs in WEIGHTS.items():
        for name, weight in signs.items():
            assert -1 <= weight.value < 1, (cause, name)
            assert weight.reason, (cause, name)
            assert not weight.proof or weight.value >= 0.85, (cause, name)


def test_a_cause_is_found_by_its_id() -> None:
    assert suspect("PSK-mismatch").cause.id == "psk-mismatch"


def test_a_wrong_id_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean dpd-timeout"):
        suspect("dpd-timeuot")
