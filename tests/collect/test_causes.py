"""Every cause that AWS's side can show is found over HTTP, from nothing but the credentials."""

import json
from typing import Any

import msgspec
import pytest

from bothup.aws import clients
from bothup.cli.app import run
from bothup.sim.load import load_scenario
from bothup.sim.server import SimServer


class Found(msgspec.Struct):
    """By the connection's name: the cause that is meant, and the diagnosis of those in trouble."""

    meant: dict[str, str]
    diagnoses: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    page = tmp_path_factory.mktemp("causes") / "all.json"
    with SimServer(load_scenario("causes")) as sim, pytest.MonkeyPatch.context() as patch:
        for name, value in sim.env().items():
            patch.setenv(name, value)
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
        patch.setitem(clients._RATES, "LookupEvents", (50.0, 50.0))
        code = run(["diagnose", "--telemetry-interval", "0", "-q", "-o", f"json={page}"])
        accounts = sim.world.scenario.accounts
        meant = {each.name: each.cause or "" for one in accounts for each in one.connections}
        names = {
            each.id: each.name
            for one in accounts
            for region in sim.world.enabled(one)
            for each in sim.world.place(one.id, region).connections.values()
        }
    assert code == 3
    told = json.loads(page.read_text("utf-8"))["diagnoses"]
    return Found(meant, {names[each["connection"]]: each for each in told})


def leading(diagnosis: dict[str, Any]) -> list[list[str]]:
    """The three best causes of each tunnel that is not UP."""
    tunnels = [each for each in diagnosis["tunnels"] if each["status"] != "UP"]
    return [[cause["id"] for cause in each["causes"][:3]] for each in tunnels]


# The log that would tell is gone, or was never on.
UNTOLD = {"derby", "fulda"}


def test_what_is_meant_is_among_the_first_three(found: Found) -> None:
    wrong = {
        name: (found.meant[name], leading(each))
        for name, each in found.diagnoses.items()
        if any(found.meant[name] not in three for three in leading(each))
    }
    assert set(wrong) <= UNTOLD, wrong


def test_most_of_it_comes_first(found: Found) -> None:
    first = {
        name: all(found.meant[name] == three[0] for three in leading(each))
        for name, each in found.diagnoses.items()
        if name not in UNTOLD
    }
    assert len(first) >= 25
    assert sum(first.values()) >= 0.75 * len(first), first


def test_nothing_wrong_is_confirmed(found: Found) -> None:
    confirmed = {
        (name, cause["id"])
        for name, each in found.diagnoses.items()
        for tunnel in each["tunnels"]
        for cause in tunnel["causes"]
        if cause["verdict"] == "confirmed"
    }
    assert confirmed
    assert all(found.meant[name] == cause for name, cause in confirmed), confirmed
