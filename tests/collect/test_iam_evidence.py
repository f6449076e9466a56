"""A diagnosis that may do what `bothup iam diagnose` prints, and nothing else, misses nothing."""

import importlib
import json
import re
from typing import Any

import pytest

from bothup.iam.policy import permissions
from bothup.iam.verbs import VERBS
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.collect.conftest import SCENARIO, Run
from tests.collect.ground import connection
from tests.iam.test_iam_documents import imported


def actions(verb: str) -> list[str]:
    policy: dict[str, Any] = permissions(verb)
    return [action for statement in policy["Statement"] for action in statement["Action"]]


def allowed(policy: list[str]) -> SimServer:
    text = SCENARIO.replace(
        "management = true", f"management = true\npolicy = {json.dumps(policy)}"
    )
    return SimServer(parse_scenario(text, "test"))


def test_the_policy_is_enough_and_no_part_of_it_in_vain(bothup: Run) -> None:
    with allowed(actions("diagnose")) as sim:
        ids = [connection(sim, name).id for name in ("broken", "static")]
        for flags in ((), ("--since", "3d")):
            once = ("--telemetry-interval", "0", "-o", "json")
            done = bothup("diagnose", *ids, *once, *flags, sim=sim)
            assert done.returncode == 3, done.stderr
            told = json.loads(done.stdout)["diagnoses"]
            whys = [m["why"] for each in told for m in each["missing_evidence"]]
            assert not [why for why in whys if "may not" in why]
        called = {operation for _, _, operation in sim.calls.counts()}
        assert called - {"sts:GetCallerIdentity"} == set(actions("diagnose"))
        assert {each.outcome for each in sim.calls.all()} == {"ok"}


@pytest.mark.parametrize("missing", ["logs:FilterLogEvents", "cloudwatch:GetMetricData"])
def test_without_one_of_them_something_is_missing(bothup: Run, missing: str) -> None:
    with allowed([each for each in actions("collect") if each != missing]) as sim:
        done = bothup("collect", connection(sim, "broken").id, sim=sim)
        assert done.returncode == 0, done.stderr
        assert "may not" in done.stderr


@pytest.mark.parametrize("verb", ["diagnose", "collect"])
def test_they_change_nothing(verb: str) -> None:
    reading = r"[a-z0-9]+:(Describe|List|Get|Lookup|Filter|StartQuery)\w*"
    assert all(re.fullmatch(reading, action) for action in actions(verb))


def test_whatever_they_import_that_declares_permissions_is_in_the_policy() -> None:
    modules = set(imported("bothup.cli.gathering", set()))
    declaring = {each for each in modules if hasattr(importlib.import_module(each), "PERMISSIONS")}
    assert declaring == {purpose.module for purpose in VERBS["diagnose"]}
