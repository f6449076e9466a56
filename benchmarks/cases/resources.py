"""One Region with very many resources, judged page by page, beside a boto3 loop that counts."""

import sys
from collections.abc import Iterator, Sequence

from benchmarks import pages
from benchmarks.figure import Comparison, Figure
from benchmarks.measure import Program, side_by_side
from benchmarks.stage import Settings, endpoint

_COUNT = 100_000
_WALL, _PEAK = 60.0, 150.0  # seconds, millions of bytes
_LOOP = """
import sys, boto3
pages = boto3.client("ec2", "eu-west-1").get_paginator(sys.argv[1]).paginate()
print(sum(len(page[sys.argv[2]]) for page in pages))
"""


def volumes_100k(settings: Settings) -> Iterator[Figure]:
    """100,000 attached volumes, a fifth of them not encrypted: a finding each."""
    failed = _COUNT // pages.UNENCRYPTED
    shown = [f"{failed:,} FAILED"]
    counted = ("describe_volumes", "Volumes", _COUNT)
    yield from _measured(settings, "volumes-100k", "EC2.3", failed, shown, counted)


def rules_100k(settings: Settings) -> Iterator[Figure]:
    """100,000 rules in 2,000 groups, each judged by three controls."""
    groups = _COUNT // pages.RULES
    failed = groups // pages.OPEN
    shown = [f"{failed:,} FAILED"]
    counted = ("describe_security_groups", "SecurityGroups", groups)
    yield from _measured(settings, "rules-100k", "EC2.2,EC2.13,EC2.14", failed, shown, counted)


def snapshots_100k(settings: Settings) -> Iterator[Figure]:
    """100,000 public snapshots: one finding, with a reason for each."""
    counted = ("describe_snapshots", "Snapshots", _COUNT)
    yield from _measured(settings, "snapshots-100k", "EC2.1", 1, ["1 FAILED"], counted)


def _measured(
    settings: Settings,
    case: str,
    controls: str,
    failed: int,
    shown: Sequence[str],
    counted: tuple[str, str, int],
) -> Iterator[Figure]:
    settings.needs("scan", "--control")
    operation, listed, total = counted
    with endpoint(connections=0, resources=_COUNT) as aws:
        scan = [settings.bothup, "scan", "--control", controls, "--region=eu-west-1", "-o"]
        programs = [
            Program([*scan, "jsonl"], aws.environment, prints=[rf'"FAILED": *{failed}\b']),
            Program([*scan, "table"], aws.environment, prints=shown),
            Program(
                [sys.executable, "-c", _LOOP, operation, listed],
                aws.environment,
                prints=[f"^{total}$"],
            ),
        ]
        *ours, loop = side_by_side(programs, settings.output, settings.runs)
    for shape, mine in zip(("jsonl", "table"), ours, strict=True):
        both = Comparison(case=case, ours=mine, beside=loop, beside_name="boto3, counting")
        yield both.wall(_WALL, judged="ours", what=f"wall, {shape}")
        yield both.peak(_PEAK, judged="ours", what=f"peak memory, {shape}")
