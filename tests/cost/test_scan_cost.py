"""`bothup scan --cost` against the simulated AWS."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bothup.iam.policy import permissions
from bothup.sim.faults import Fault
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.cli.conftest import Run, bothup

__all__ = ["bothup"]
POLICY = [action for each in permissions("scan-cost")["Statement"] for action in each["Action"]]
SILENT = '[[accounts.connections.tunnels]]\nsince = "40d"\ntraffic = "none"\n' * 2
DEAD = '[[accounts.connections.tunnels]]\nsince = "30d"\npeer = { configured = false }\n' * 2
SCENARIO = f"""
regions = ["us-east-1", "eu-west-1"]
[[accounts]]
id = "111122223333"
name = "One"
management = true
policy = {json.dumps(POLICY)}
[[accounts.connections]]
name = "used"
region = "us-east-1"
kind = "hardened"
[[accounts.connections]]
name = "silent"
region = "us-east-1"
kind = "hardened"
{SILENT}
[[accounts.connections]]
name = "silent-static"
region = "eu-west-1"
kind = "hardened"
routing = "static"
{SILENT}
[[accounts.connections]]
name = "dead"
region = "eu-west-1"
{DEAD}
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[SimServer]:
    with SimServer(parse_scenario(SCENARIO, "test")) as server:
        yield server


@pytest.fixture
def sim(shared: SimServer) -> Iterator[SimServer]:
    shared.faults.clear()
    shared.calls.clear()
    yield shared
    shared.faults.clear()


def idle(text: str) -> dict[str, tuple[str, Any]]:
    return {
        each["resource"]["name"]: (each["idle"]["kind"], each["idle"]["monthly"])
        for each in json.loads(text)["findings"]
        if "idle" in each
    }


def unknown(document: Any) -> dict[str, str]:
    return {
        each["resource"]["name"]: notice["text"]
        for each in document["findings"]
        for notice in each["notices"]
        if notice["code"] == "traffic-unknown"
    }


def test_what_is_not_used_is_told_with_its_price_and_in_sum(bothup: Run, sim: SimServer) -> None:
    done = bothup("scan", "--cost", "-o", "json", "-o", "jsonl=lines.jsonl", **sim.env())
    assert done.returncode == 3, done.stderr
    assert idle(done.stdout) == {
        "silent": ("no-traffic", 36.0),
        "silent-static": ("no-traffic", 36.0),
        "dead": ("down", 36.0),
    }
    summary = json.loads(done.stdout)["summary"]
    assert (summary["idle"], summary["idle_monthly"]) == (3, 108.0)
    assert "3 unused, about $108.00 a month" in done.stderr
    called = {operation for _, _, operation in sim.calls.counts()}
    assert called - {"sts:GetCallerIdentity"} == set(POLICY)
    table = bothup("scan", "--cost", **sim.env()).stdout
    assert "carried no traffic since" in table
    assert "$36.00 a month" in table


def test_without_the_flag_nothing_is_asked_or_told(bothup: Run, sim: SimServer) -> None:
    done = bothup("scan", "-o", "json", **sim.env())
    assert idle(done.stdout) == {}
    assert not any("cloudwatch" in operation for _, _, operation in sim.calls.counts())


def test_metrics_that_cannot_be_read_leave_what_the_tunnels_say(
    bothup: Run, sim: SimServer
) -> None:
    sim.faults.add(Fault(operation="cloudwatch:*", code="AccessDenied"))
    done = bothup("scan", "--cost", "-o", "json", **sim.env())
    assert idle(done.stdout) == {"dead": ("down", 36.0)}
    assert done.stderr.count("traffic not read: 111122223333") == 2
    document = json.loads(done.stdout)
    assert document["summary"]["traffic_unknown"] == 3
    notices = unknown(document)
    assert set(notices) == {"used", "silent", "silent-static"}
    assert all("CloudWatch was not read: AccessDenied" in each for each in notices.values())
    assert "3 connections of unknown traffic" in bothup("scan", "--cost", **sim.env()).stdout
    sim.faults.clear()
    again = bothup("scan", "--input", "-", "--cost", "-o", "json", stdin=done.stdout)
    assert all(
        "a file does not tell" in each for each in unknown(json.loads(again.stdout)).values()
    )
    live = json.loads(bothup("scan", "--cost", "-o", "json", **sim.env()).stdout)
    assert (unknown(live), live["summary"]["traffic_unknown"]) == ({}, 0)


def test_a_file_tells_of_tunnels_that_are_down(bothup: Run, sim: SimServer) -> None:
    saved = bothup("scan", "-o", "json", **sim.env()).stdout
    done = bothup("scan", "--input", "-", "--cost", "--idle-days", "20", "-o", "json", stdin=saved)
    assert idle(done.stdout) == {"dead": ("down", 36.0)}
    again = bothup("scan", "--input", "-", "--cost", "-o", "json", stdin=done.stdout)
    assert json.loads(again.stdout)["summary"]["idle"] == 1
    notices = [n["code"] for each in json.loads(again.stdout)["findings"] for n in each["notices"]]
    assert notices.count("idle-connection") == 1
    assert bothup("scan", "--cost", "--idle-days", "0").returncode == 2
