"""Whatever goes wrong with some of 300 Targets costs those Targets, and is called by its name."""

import time
from collections.abc import Callable, Iterator
from random import Random
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

REGIONS = sorted(ALL_REGIONS)[:10]
ACCOUNTS = [f"2000000000{number:02}" for number in range(30)]
TARGETS = [(account, region) for account in ACCOUNTS for region in REGIONS]
DESCRIBE, ASSUME, LIST = "ec2:DescribeVpnConnections", "sts:AssumeRole", "ec2:DescribeRegions"
TIMEOUT = 4.0
KINDS = ("hardened", "site-down", "no-telemetry", "idle")
Outcome = tuple[str, str | None]
READ: Outcome = ("read", None)
LOST: Outcome = ("unreachable", None)
DROWNED: Outcome = ("throttled", "RequestLimitExceeded")
# What goes wrong with a call, and what may become of whatever needs it.
OF_EVERY_CALL: dict[str, tuple[dict[str, Any], set[Outcome]]] = {
    "throttled x3": ({"code": "RequestLimitExceeded", "times": 3}, {READ}),
    # How long six take is up to the jitter: more than the time-out at times.
    "throttled x6": ({"code": "RequestLimitExceeded", "times": 6}, {READ, DROWNED}),
    "throttled": ({"code": "RequestLimitExceeded"}, {DROWNED}),
    "500 twice": ({"code": "InternalError", "status": 500, "times": 2}, {READ}),
    "500": ({"code": "InternalError", "status": 500}, {("failed", "InternalError")}),
    "503 once": ({"code": "Unavailable", "status": 503, "times": 1}, {READ}),
    "reset once": ({"kind": "reset-mid-body", "times": 1}, {READ}),
    "reset": ({"kind": "reset-mid-body"}, {LOST}),
    "cut off": ({"kind": "truncated"}, {LOST}),
    "malformed": ({"kind": "malformed"}, {LOST}),
    "hung": ({"kind": "hang"}, {LOST}),
    "slow": ({"kind": "latency", "seconds": 0.3}, {READ}),
}
DENIED = {"denied": ({"code": "UnauthorizedOperation"}, {("denied", "UnauthorizedOperation")})}
FAULTS = {
    DESCRIBE: OF_EVERY_CALL
    | DENIED
    | {
        "disabled": ({"code": "OptInRequired"}, {("not_enabled", "OptInRequired")}),
        "off": ({"code": "AuthFailure"}, {("not_enabled", "AuthFailure")}),
    },
    LIST: {name: OF_EVERY_CALL[name] for name in ("throttled x3", "500", "malformed", "hung")}
    | DENIED,
    ASSUME: {
        name: OF_EVERY_CALL[name]
        for name in ("throttled x3", "500 twice", "500", "reset", "malformed", "hung")
    }
    | {"denied": ({"code": "AccessDenied"}, {("denied", "AccessDenied")})},
}


def scenario() -> str:
    text = f"throttle = true\nregions = {REGIONS}\n"
    text += "[[accounts]]\nid = '100000000001'\nname = 'm'\nmanagement = true\n"
    for number, account in enumerate(ACCOUNTS):
        text += f"[[accounts]]\nid = '{account}'\nname = 'a{number}'\n"
        text += "[[accounts.roles]]\nname = 'bothup-read'\n"
        for place in range(4):
            region, kind = REGIONS[(number * 3 + place) % 10], KINDS[(number + place) % 4]
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


@pytest.fixture(scope="module")
def whole(sim: SimServer) -> Callable[[], list[Finding]]:
    """What is found where nothing goes wrong; not as a list, for failures show their arguments."""
    covered, found = scan()
    assert {(str(each.status), each.error_code) for each in covered.values()} == {READ}
    assert len(covered) == len(TARGETS)
    return lambda: found


@settings(max_examples=3, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_faults_cost_their_targets_alone(
    sim: SimServer, whole: Callable[[], list[Finding]], seed: int
) -> None:
    """Every fault strikes some call, in places that are drawn."""
    chance = Random(seed)
    sim.faults.clear()
    expected: dict[tuple[str, str | None], set[Outcome]] = {where: {READ} for where in TARGETS}
    places = chance.sample(TARGETS, len(TARGETS))
    for fault, outcomes in list(FAULTS[DESCRIBE].values()) * 3:
        account, region = places.pop()
        sim.faults.add(Fault(account=account, region=region, operation=DESCRIBE, **fault))
        expected[account, region] = outcomes
    accounts = chance.sample(ACCOUNTS, len(ACCOUNTS))
    for operation in (ASSUME, LIST):
        for fault, outcomes in FAULTS[operation].values():
            account = accounts.pop()
            sim.faults.add(Fault(operation=operation, **whose(operation, account), **fault))
            if outcomes != {READ}:
                for region in REGIONS:
                    del expected[account, region]
                expected[account, None] = outcomes

    began = time.monotonic()
    covered, found = scan()
    assert time.monotonic() - began < 4 * TIMEOUT

    told = {where: (str(each.status), each.error_code) for where, each in covered.items()}
    assert told.keys() == expected.keys()
    assert not [where for where, outcome in told.items() if outcome not in expected[where]]
    assert all(each.message for each in covered.values() if each.status != "read")
    assert sim.overruns == 0, "AWS itself would have throttled nothing"
    assert found == [each for each in whole() if told.get((each.account, each.region)) == READ]


def whose(operation: str, account: str) -> dict[str, str]:
    """A role is assumed by others; what happens in an account is called by itself."""
    return {"role": f"*:{account}:*"} if operation == ASSUME else {"account": account}
