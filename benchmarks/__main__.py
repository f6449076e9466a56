"""`python -m benchmarks [NAME…]`: measure, print a table."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.cases import capacity, device_log, fleet, offline, resources, scan, start
from benchmarks.figure import Figure, document, table
from benchmarks.measure import DidNotRun
from benchmarks.stage import Settings, Skipped

Case = Callable[[Settings], Iterator[Figure]]

CASES: dict[str, Case] = {
    "capacity": capacity.capacity,
    "start": start.start,
    "one-target": scan.one_target,
    "scan-17": scan.scan_17,
    "scan-17-60ms": scan.scan_17_60ms,
    "input-10k": offline.input_10k,
    "device-log": device_log.device_log,
    "fleet-1000": fleet.fleet_1000,
    "fleet-5000": fleet.fleet_5000,
    "fleet-50000-empty": fleet.fleet_50000_empty,
    "fleet-1000-tls": fleet.fleet_1000_tls,
    "fleet-100-dense": fleet.fleet_100_dense,
    "volumes-100k": resources.volumes_100k,
    "rules-100k": resources.rules_100k,
    "snapshots-100k": resources.snapshots_100k,
}
SMALL = ("start", "one-target", "scan-17", "fleet-1000")


def main() -> int:
    """Measure the chosen cases one after the other.

    Exit code 1 where one could not be measured, or, with --check, where a target was missed.
    """
    options = _options()
    figures: list[Figure] = []
    skipped: dict[str, str] = {}
    failed: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="bothup-bench-") as folder:
        settings = Settings(options.bothup.absolute(), options.runs, Path(folder))
        for name in options.names:
            print(f"{name} …", file=sys.stderr)
            try:
                figures += CASES[name](settings)
            except Skipped as reason:
                skipped[name] = str(reason)
            except DidNotRun as reason:
                failed[name] = str(reason)
    python = _python(options.bothup)
    print(table(figures))
    print(f"by {python}, {os.cpu_count()} processors")
    for name, why in skipped.items():
        print(f"{name}: skipped, {why}")
    for name, why in failed.items():
        print(f"{name}: NOT MEASURED, {why}")
    if options.output:
        options.output.write_bytes(document(figures, options.runs, skipped | failed, python))
    missed = any(figure.reached is False for figure in figures)
    return 1 if failed or (options.check and missed) else 0


def _python(bothup: Path) -> str:
    """Name the interpreter that is measured: builds of one version differ by a fifth in speed."""
    interpreter = bothup.with_name("python")
    if not interpreter.exists():
        return "an unknown interpreter"
    ask = [interpreter, "-c", "import sys; print('Python', *sys.version.split())"]
    return subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CASES))
    parser.add_argument("--runs", type=int, help="medians of so many, 5 if not said")
    parser.add_argument("--small", action="store_true", help="once, and the quick cases alone")
    parser.add_argument("--check", action="store_true", help="a missed target is an error")
    parser.add_argument("-o", dest="output", type=_json_file, metavar="json=FILE")
    parser.add_argument(
        "--bothup",
        type=Path,
        metavar="PROGRAM",
        default=Path(sys.executable).with_name("bothup"),
        help="the one to measure, if not this environment's",
    )
    options = parser.parse_args()
    if unknown := set(options.names) - set(CASES):
        parser.error(f"no case is called {', '.join(sorted(unknown))}")
    options.names = options.names or list(SMALL if options.small else CASES)
    options.runs = options.runs or (1 if options.small else 5)
    return options


def _json_file(text: str) -> Path:
    shape, _, file = text.partition("=")
    if shape != "json" or not file:
        raise argparse.ArgumentTypeError("expected json=FILE")
    return Path(file)


if __name__ == "__main__":
    sys.exit(main())
