"""A file instead of AWS: `bothup scan --input` of a large answer that the AWS CLI has written."""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.connections import tunnels_up_and_down, write_cli_json
from benchmarks.figure import Comparison, Figure
from benchmarks.measure import Program, side_by_side
from benchmarks.stage import TUNNELS, Settings, environment, sums

_COUNT = 10_000
_LOAD = "import json, sys; print(len(json.load(open(sys.argv[1]))['VpnConnections']))"


def input_10k(settings: Settings) -> Iterator[Figure]:
    """10,000 connections, some 66 MB, as JSON and as a table, beside json.load of the same file."""
    file = settings.folder / "connections.json"
    write_cli_json(file, _COUNT)
    up, down = tunnels_up_and_down(0, _COUNT)
    scan: list[str | Path] = [settings.bothup, "scan", *TUNNELS, "--input", file, "-o"]
    programs = [
        Program([*scan, "json"], environment(), prints=sums(up, down)),
        Program([*scan, "table"], environment(), prints=[f"{up:,} tunnels UP"]),
        Program([sys.executable, "-c", _LOAD, file], environment(), prints=[f"^{_COUNT}$"]),
    ]
    *asked, load = side_by_side(programs, settings.output, settings.runs)
    file.unlink()
    for shape, ours in zip(("json", "table"), asked, strict=True):
        both = Comparison(case="input-10k", ours=ours, beside=load, beside_name="json.load")
        yield both.wall(2.0, judged="ours", what=f"wall, {shape}")
        yield both.peak(300.0, judged="ours", what=f"peak memory, {shape}")
