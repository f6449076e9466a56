"""Fleets: many accounts in 17 Regions, beside the load loop, which only moves the bytes.

An account costs one AssumeRole, a Target one DescribeVpnConnections. There are as many accounts as
it takes to have at least the number of Targets that the case is named for.
"""

import sys
from collections.abc import Iterator

import msgspec

from benchmarks import certificate
from benchmarks.answers import account
from benchmarks.connections import REGIONS, tunnels_up_and_down
from benchmarks.figure import Comparison, Figure
from benchmarks.measure import DidNotRun, Program, side_by_side
from benchmarks.stage import TUNNELS, Endpoint, Settings, endpoint, sums

_FLOOR = "load loop"
_LATENCY_MS = 80


class Fleet(msgspec.Struct, frozen=True):
    """What a case scans."""

    accounts: int
    connections: int
    latency_ms: float = _LATENCY_MS
    tls: bool = False

    @property
    def targets(self) -> int:
        """Accounts times Regions."""
        return self.accounts * len(REGIONS)


def fleet_1000(settings: Settings) -> Iterator[Figure]:
    """1,003 Targets with two connections each, 80 ms away."""
    fleet = Fleet(accounts=59, connections=2)
    [both] = _measured(settings, "fleet-1000", fleet)
    yield both.wall(1.2, judged="ours")
    yield both.cpu(0.6, targets=fleet.targets)
    yield both.peak(90, judged="ours")


def fleet_5000(settings: Settings) -> Iterator[Figure]:
    """4,998 Targets with two connections each, 80 ms away, and a fifth of them for the growth."""
    case, fleet, fifth = "fleet-5000", Fleet(accounts=294, connections=2), Fleet(59, 2)
    both, both_fifth = _measured(settings, case, fleet, fifth)
    yield both.wall(3.0, judged="ours")
    yield both.wall(1.8)
    yield both.cpu(targets=fleet.targets)
    yield both.peak(90, judged="ours")
    growth = Comparison(
        case=case, ours=both.ours, beside=both_fifth.ours, beside_name="1,003 Targets"
    )
    yield growth.wall(5.2, what="wall, growth")
    yield growth.peak(1.2, what="peak memory, growth")


def fleet_50000_empty(settings: Settings) -> Iterator[Figure]:
    """49,997 Targets without a connection, which is what most are, 80 ms away."""
    fleet = Fleet(accounts=2941, connections=0)
    [both] = _measured(settings, "fleet-50000-empty", fleet)
    yield both.wall(15, judged="ours")
    yield both.cpu(targets=fleet.targets)
    yield both.peak(100, judged="ours")


def fleet_1000_tls(settings: Settings) -> Iterator[Figure]:
    """1,003 Targets behind the 17 Regions' own host names, over TLS, 80 ms away."""
    fleet = Fleet(accounts=59, connections=2, tls=True)
    [both] = _measured(settings, "fleet-1000-tls", fleet)
    yield both.wall(1.3)
    yield both.cpu(targets=fleet.targets)
    yield both.peak()


def fleet_100_dense(settings: Settings) -> Iterator[Figure]:
    """102 Targets with a hundred connections each, 80 ms away."""
    fleet = Fleet(accounts=6, connections=100)
    [both] = _measured(settings, "fleet-100-dense", fleet)
    yield both.cpu(12, targets=fleet.targets)
    yield both.wall()
    yield both.peak()


def _measured(settings: Settings, case: str, *fleets: Fleet) -> list[Comparison]:
    """What bothup and the load loop took for each; the fleets share one endpoint."""
    settings.needs("scan", "--accounts")
    first = fleets[0]
    tls = settings.folder if first.tls else None
    with endpoint(connections=first.connections, latency_ms=first.latency_ms, tls=tls) as aws:
        programs = [
            program
            for fleet in fleets
            for program in (_bothup(settings, fleet, aws), _load_loop(settings, fleet, aws))
        ]
        usages = side_by_side(programs, settings.output, settings.runs)
        asked = aws.tally().asked.get("DescribeVpnConnections", 0)
    expected = 2 * (1 + settings.runs) * sum(fleet.targets for fleet in fleets)
    if asked != expected:
        raise DidNotRun(f"{asked} DescribeVpnConnections were asked for, expected {expected}")
    return [
        Comparison(case=case, ours=ours, beside=floor, beside_name=_FLOOR)
        for ours, floor in zip(usages[::2], usages[1::2], strict=True)
    ]


def _bothup(settings: Settings, fleet: Fleet, aws: Endpoint) -> Program:
    accounts = settings.folder / f"{fleet.accounts}-accounts"
    accounts.write_text("".join(f"{account(n)}\n" for n in range(fleet.accounts)))
    up, down = tunnels_up_and_down(0, fleet.connections * len(REGIONS))
    return Program(
        [
            *(settings.bothup, "scan", *TUNNELS, "--accounts", accounts),
            *("--role-name", "bothup-read"),
            *(f"--region={region}" for region in REGIONS),
            *("-o", "jsonl"),
        ],
        aws.environment,
        prints=sums(up * fleet.accounts, down * fleet.accounts),
    )


def _load_loop(settings: Settings, fleet: Fleet, aws: Endpoint) -> Program:
    trust = [f"--tls={settings.folder / certificate.AUTHORITY}"] if fleet.tls else []
    loop = [sys.executable, "-m", "benchmarks.load", aws.url, f"--accounts={fleet.accounts}"]
    return Program([*loop, *trust], aws.environment, prints=[f"^{fleet.accounts + fleet.targets}$"])
