"""Whatever goes wrong with some of 300 Targets costs those Targets, and is called by its name."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bothup.cli.live import read
from bothup.cli.options import Reach
from bothup.engine.controls import rule
from bothup.model.finding import Finding
from bothup.model.target import Coverage
from bothup.sim.faults import Fault
from bothup.sim.load import parse_scenario
from bothup.sim.regions import ALL_REGIONS
from bothup.sim.server import SimServer

REGIONS = sorted(ALL_REGIONS)[:20]
ACCOUNTS = [f"2000000000{number:02}" for number in range(15)]
DESCRIBE, ASSUME = "ec2:DescribeVpnConnections", "sts:AssumeRole"
TIMEOUT = 4.0
KINDS = ("hardened", "site-down", "no-telemetry", "idle")
# What goes wrong, and what becomes of the Target: its status and AWS's error code.
FAULTS: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "denied": ({"code": "UnauthorizedOperation"}, "denied", "UnauthorizedOperation"),
    "disabled": ({"code": "OptInRequired"}, "not_enabled", "OptInRequired"),
    "off": ({"code": "AuthFailure"}, "not_enabled", "AuthFailure"),
    "throttled": ({"code": "RequestLimitExceeded", "times": 3}, "read", None),
    "drowned": ({"code": "RequestLimitExceeded"}, "throttled", "RequestLimitExceeded"),
    "500 twice": ({"code": "InternalError", "status": 500, "times": 2}, "read", None),
    "500": ({"code": "InternalError", "status": 500}, "failed", "InternalError"),
    "503 once": ({"code": "Unavailable", "status": 503, "times": 1}, "read", None),
    "reset once": ({"kind": "reset-mid-body", "times": 1}, "read", None),
    "reset": ({"kind": "reset-mid-body"}, "unreachable", None),
    "cut off": ({"kind": "truncated"}, "unreachable", None),
    "malformed": ({"kind": "malformed"}, "unreachable", None),
    "hung": ({"kind": "hang"}, "unreachable", None),
    "slow": ({"kind": "latency", "seconds": 0.3}, "read", None),
}


def scenario() -> str:
    text = (
        f"regions = {REGIONS}\n[[accounts]]\nid = '100000000001'\nname = 'm'\nmanagement = true\n"
    )
    for number, account in enumerate(ACCOUNTS):
        text += f"[[accounts]]\nid = '{account}'\nname = 'a{number}'\n"
        text += "[[accounts.roles]]\nname = 'bothup-read'\n"
        for place in range(8):
            region, kind = REGIONS[(number * 3 + place) % 20], KINDS[(number + place) % 4]
            text += f"[[accounts.connections]]\nname = 'c{place}'\n"
            text += f"region = '{region}'\nkind = '{kind}'\n"
    return text


@pytest.fixture(scope="module")
def sim() -> Iterator[SimServer]:
    with (
        SimServer(parse_scenario(scenario(), "faults")) as server,
        pytest.MonkeyPatch.context() as m,
    ):
        for name, value in server.env().items():
            m.setenv(name, value)
        yield server


def scan() -> tuple[dict[tuple[str, str | None], Coverage], list[Finding]]:
    covered: dict[tuple[str, str | None], Coverage] = {}
    found: list[Finding] = []

    def take(coverage: Coverage, findings: tuple[Finding, ...]) -> None:
        where = (coverage.account or "", coverage.region)
        assert where not in covered, "a Target is reported once"
        covered[where] = coverage
        found.extend(findings)

    reach = Reach(accounts=",".join(ACCOUNTS), role_name="bothup-read", timeout=TIMEOUT)
    read(reach, [rule("EC2.20")], take, quiet=True)
    return covered, sorted(found, key=lambda finding: finding.id)


targets = st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(REGIONS))


@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])
@given(
    faults=st.dictionaries(targets, st.sampled_from(sorted(FAULTS)), min_size=1, max_size=60),
    barred=st.sets(st.sampled_from(ACCOUNTS), max_size=3),
)
def test_faults_cost_their_targets_alone(
    sim: SimServer, faults: dict[tuple[str, str], str], barred: set[str]
) -> None:
    sim.faults.clear()
    _, whole = scan()
    for (account, region), name in faults.items():
        fault = Fault(account=account, region=region, operation=DESCRIBE, **FAULTS[name][0])
        sim.faults.add(fault)
    for account in barred:
        bar(sim, account)

    began = time.monotonic()
    covered, found = scan()
    assert time.monotonic() - began < 4 * TIMEOUT

    expected: dict[tuple[str, str | None], tuple[str, str | None]] = {
        (account, region): ("read", None)
        for account in ACCOUNTS
        if account not in barred
        for region in REGIONS
    }
    expected |= {(account, None): ("denied", "AccessDenied") for account in barred}
    for where, name in faults.items():
        if where in expected:
            expected[where] = FAULTS[name][1:]
    told = {where: (str(each.status), each.error_code) for where, each in covered.items()}
    assert told == expected
    assert all(each.message for each in covered.values() if each.status != "read")
    readable = {where for where, (status, _) in expected.items() if status == "read"}
    assert found == [each for each in whole if (each.account, each.region) in readable]


def bar(sim: SimServer, account: str) -> None:
    """Let no one assume the account's role."""
    sim.faults.add(Fault(account=account, operation="*", code="AccessDenied"))
