"""A device's log: `bothup diagnose --device-log` of 50 MB of each vendor.

The lines are those of the parsers' own samples, over and over: nearly every line means something,
which no real log does.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Comparison, Figure
from benchmarks.measure import ROOT, Program, side_by_side
from benchmarks.stage import Settings, environment

_SIZE = 50_000_000
_SAMPLES = ROOT / "tests" / "device_logs"
_LOOP = "import sys; print(sum(1 for line in open(sys.argv[1], errors='replace')))"


def device_log(settings: Settings) -> Iterator[Figure]:
    """Each vendor's log, beside a loop that only counts its lines."""
    settings.needs("diagnose", "--device-log")
    for sample in sorted((*_SAMPLES.glob("samples/*.txt"), *_SAMPLES.glob("neighbours/*.txt"))):
        file = settings.folder / f"{sample.stem}.log"
        _fill(file, sample.read_text("utf-8"))
        ours, loop = side_by_side(
            [
                Program(
                    [settings.bothup, "diagnose", "-q", "--device-log", file, "-o", "json"],
                    environment(),
                    prints=['"diagnosed_at"|"connection_causes"'],
                    exit_codes=(0, 3, 4),
                ),
                Program([sys.executable, "-c", _LOOP, file], environment(), prints=[r"^\d+$"]),
            ],
            settings.output,
            settings.runs,
        )
        file.unlink()
        both = Comparison(case="device-log", ours=ours, beside=loop, beside_name="line loop")
        yield both.wall(10.0, judged="ours", what=f"wall, {sample.stem}")
        yield both.peak(200.0, judged="ours", what=f"peak memory, {sample.stem}")


def _fill(file: Path, block: str) -> None:
    with file.open("w", encoding="utf-8") as out:
        for _ in range(_SIZE // len(block.encode()) + 1):
            out.write(block)
