"""One account: `bothup scan` beside a bare boto3 loop with one thread for each Region."""

import sys
from collections.abc import Iterator, Sequence

from benchmarks.connections import REGIONS, tunnels_up_and_down
from benchmarks.figure import Comparison, Figure
from benchmarks.measure import ROOT, Program, side_by_side
from benchmarks.stage import TUNNELS, Settings, endpoint, sums

_CONNECTIONS = 3  # in each Region


def scan_17(settings: Settings) -> Iterator[Figure]:
    """All 17 Regions, three connections in each, no latency."""
    yield from _seventeen_regions(settings, "scan-17", latency_ms=0)


def scan_17_60ms(settings: Settings) -> Iterator[Figure]:
    """The same with an endpoint that takes 60 ms for each answer."""
    yield from _seventeen_regions(settings, "scan-17-60ms", latency_ms=60)


def one_target(settings: Settings) -> Iterator[Figure]:
    """One Region, from a cold start to the last byte."""
    yield _measured(settings, "one-target", ["eu-west-1"], latency_ms=0).wall(1.0)


def _seventeen_regions(settings: Settings, case: str, latency_ms: float) -> Iterator[Figure]:
    both = _measured(settings, case, [], latency_ms)
    yield both.wall(1.0)
    yield both.peak(1.0)
    yield both.cpu(targets=len(REGIONS))


def _measured(
    settings: Settings, case: str, regions: Sequence[str], latency_ms: float
) -> Comparison:
    """bothup beside boto3; no Regions named stands for all."""
    up, down = _tunnels(regions or REGIONS)
    with endpoint(connections=_CONNECTIONS, latency_ms=latency_ms) as aws:
        ours = Program(
            [
                *(settings.bothup, "scan", *TUNNELS),
                *(f"--region={region}" for region in regions),
                *("-o", "json"),
            ],
            aws.environment,
            prints=sums(up, down),
        )
        boto3 = Program(
            [sys.executable, ROOT / "benchmarks" / "boto3_scan.py", *regions],
            aws.environment,
            prints=[f"{up} UP {down} DOWN"],
        )
        mine, theirs = side_by_side([ours, boto3], settings.output, settings.runs)
    return Comparison(case=case, ours=mine, beside=theirs, beside_name="boto3")


def _tunnels(regions: Sequence[str]) -> tuple[int, int]:
    """How many tunnels are UP, and DOWN, in these Regions."""
    counted = (
        tunnels_up_and_down(REGIONS.index(region) * _CONNECTIONS, _CONNECTIONS)
        for region in regions
    )
    up, down = zip(*counted, strict=True)
    return sum(up), sum(down)
