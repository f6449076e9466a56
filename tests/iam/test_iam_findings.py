"""The findings verbs may do what `bothup iam` prints for them, and need all of it."""

import json
from typing import Any

import pytest

from bothup.iam.policy import permissions
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.cli.conftest import Run, bothup

__all__ = ["bothup"]
WORDS = {
    "findings-import": ("import", "--yes"),
    "findings-enrich": ("import", "--enrich", "--yes"),
    "findings-compare": ("compare", "--control", "EC2.20"),
}
SCENARIO = """
regions = ["eu-west-1"]
[[accounts]]
id = "111122223333"
name = "One"
management = true
policy = {policy}
[[accounts.connections]]
name = "site"
region = "eu-west-1"
kind = "wrong-key"
"""


def actions(verb: str) -> list[str]:
    policy: dict[str, Any] = permissions(verb)
    return [action for statement in policy["Statement"] for action in statement["Action"]]


def allowed(policy: list[str]) -> SimServer:
    return SimServer(parse_scenario(SCENARIO.format(policy=json.dumps(policy)), "test"))


@pytest.mark.parametrize("verb", WORDS)
def test_the_policy_is_enough_and_no_part_of_it_in_vain(bothup: Run, verb: str) -> None:
    with allowed(actions(verb)) as sim:
        done = bothup("findings", *WORDS[verb], **sim.env())
        assert done.returncode == 0, done.stderr + done.stdout
        called = {operation for _, _, operation in sim.calls.counts()}
        assert called - {"sts:GetCallerIdentity"} == set(actions(verb))
        assert {each.outcome for each in sim.calls.all()} == {"ok"}


@pytest.mark.parametrize(
    ("verb", "missing"),
    [
        ("findings-import", "securityhub:BatchImportFindings"),
        ("findings-import", "securityhub:GetFindings"),
        ("findings-enrich", "securityhub:BatchUpdateFindings"),
        ("findings-compare", "securityhub:GetFindings"),
    ],
)
def test_without_one_of_the_actions_it_says_so(bothup: Run, verb: str, missing: str) -> None:
    with allowed([each for each in actions(verb) if each != missing]) as sim:
        done = bothup("findings", *WORDS[verb], **sim.env())
        assert done.returncode == 4, done.stderr
        assert "AccessDeniedException" in done.stdout


def test_comparing_writes_nothing() -> None:
    assert all(
        each.split(":")[1].startswith(("Describe", "Get")) for each in actions("findings-compare")
    )
