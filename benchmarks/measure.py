"""Runs programs as fresh processes and tells what each took."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec

ROOT = Path(__file__).parents[1]
"""The project's folder, where `-m benchmarks.…` is found."""

_PATIENCE = 300.0  # seconds; a program that takes longer hangs
_TAIL = 65536  # bytes
_LINE = 120  # characters
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class DidNotRun(Exception):
    """A program, or something that it needs, did not do what was to be measured."""


class Program(msgspec.Struct, frozen=True):
    """A command line, the environment that it gets (nothing is inherited), and what proves it.

    Towards the end of its output every pattern of `prints` has to be found: a program that fails is
    quick. Exit code 3 is how `bothup` says that a tunnel is down.
    """

    argv: Sequence[str | Path]
    environment: Mapping[str, str] = {}
    prints: Sequence[str] = ()
    exit_codes: tuple[int, ...] = (0, 3)


class Usage(msgspec.Struct, frozen=True):
    """What one process and the children that it waited for took."""

    wall: float
    """Seconds from before the start to after the end."""
    cpu: float
    """Seconds, user and system."""
    peak: float
    """Resident memory at its highest, in millions of bytes.

    Linux counts what the parent held when it started the process, so nothing less than the size of
    this process can be seen (some 25 MB): whatever starts programs here has to stay small.
    """


def measure(program: Program, output: Path) -> Usage:
    """Run once; what it prints goes to the file. Raises DidNotRun with what it complained about."""
    with output.open("wb") as out, output.with_suffix(".err").open("w+b") as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            [os.fspath(arg) for arg in program.argv],
            # Nothing lies there that would be taken for somebody's settings.
            cwd=output.parent,
            env={"PYTHONPATH": str(ROOT), **program.environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        watchdog = threading.Timer(_PATIENCE, process.kill)
        watchdog.daemon = True
        watchdog.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        watchdog.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in program.exit_codes:
            err.seek(0)
            raise DidNotRun(_complaint(program, process.returncode, err.read()))
    _prove(program, output)
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * _MAXRSS_UNIT / 1e6)


def side_by_side(programs: Sequence[Program], output: Path, runs: int) -> list[Usage]:
    """The medians of each program, run in turn, after one run of each that does not count."""
    for program in programs:
        measure(program, output)
    rounds = [[measure(program, output) for program in programs] for _ in range(runs)]
    return [_median(usages) for usages in zip(*rounds, strict=True)]


def _median(usages: Sequence[Usage]) -> Usage:
    return Usage(
        *(median(values) for values in zip(*map(msgspec.structs.astuple, usages), strict=True))
    )


def _prove(program: Program, output: Path) -> None:
    with output.open("rb") as file:
        file.seek(max(0, output.stat().st_size - _TAIL))
        tail = file.read().decode(errors="replace")
    for pattern in program.prints:
        if not re.search(pattern, tail):
            raise DidNotRun(f"{_line(program)} did not print {pattern} but ends: {tail[-300:]}")


def _line(program: Program) -> str:
    line = " ".join(map(str, program.argv))
    return line if len(line) <= _LINE else f"{line[:_LINE]}…"


def _complaint(program: Program, code: int, err: bytes) -> str:
    said = err.decode(errors="replace").strip()[-600:] or "nothing on stderr"
    return f"{_line(program)} ended with {code}: {said}"
