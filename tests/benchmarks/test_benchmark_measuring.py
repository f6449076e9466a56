"""Figures can be believed: programs are measured whole, and one that fails is none."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.figure import Figure
from benchmarks.measure import ROOT, DidNotRun, Program, measure, side_by_side
from benchmarks.stage import endpoint

from benchmarks import certificate


def python(code: str, **more) -> Program:
    return Program([sys.executable, "-c", code], **more)


def test_wall_and_peak(tmp_path):
    """In a process of its own: a peak is never below that of the process that measures."""
    script = (
        "import sys; from pathlib import Path; from benchmarks.measure import Program, measure\n"
        "for code in sys.argv[2:]:\n"
        "    usage = measure(Program([sys.executable, '-c', code]), Path(sys.argv[1]))\n"
        "    print(usage.wall, usage.cpu, usage.peak)"
    )
    codes = ("import time; time.sleep(0.3)", "bytearray(b'1') * 200_000_000")
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "out", *codes],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    lazy, greedy = (tuple(map(float, line.split())) for line in done.stdout.splitlines())
    assert lazy[0] >= 0.3
    assert lazy[1] < lazy[0]
    assert lazy[2] < 100 < 200 < greedy[2] < 300


def test_cpu_of_children_counts(tmp_path):
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    assert measure(python(parent), tmp_path / "out").cpu >= 0.3


def test_only_what_is_given_is_in_the_environment(tmp_path):
    program = python(
        "import os; print(os.environ.get('A'), 'HOME' in os.environ)", environment={"A": "1"}
    )
    measure(program, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "1 False\n"


def test_a_program_that_fails_is_no_figure(tmp_path):
    with pytest.raises(DidNotRun, match=r"ended with 1: .*no such thing"):
        measure(python("raise SystemExit('no such thing')"), tmp_path / "out")


def test_nor_is_one_that_does_something_else(tmp_path):
    with pytest.raises(DidNotRun, match="did not print 12 UP but ends: 11 UP"):
        measure(python("print('11 UP')", prints=["12 UP"]), tmp_path / "out")


def test_programs_run_in_turn_after_a_run_that_does_not_count(tmp_path):
    diary = tmp_path / "diary"
    programs = [python(f"open({str(diary)!r}, 'a').write('{name}')") for name in "ab"]
    assert len(side_by_side(programs, tmp_path / "out", 3)) == 2
    assert diary.read_text() == "abababab"


@pytest.mark.parametrize(
    ("judged", "ours", "beside", "reached"),
    [
        ("ours", 2.0, None, True),
        ("ours", 2.1, 4.0, False),
        ("ratio", 4.0, 2.0, True),
        ("ratio", 4.1, 2.0, False),
        ("difference", 3.0, 1.0, True),
        ("difference", 3.1, 1.0, False),
    ],
)
def test_what_a_limit_of_two_holds_for(judged, ours, beside, reached):
    figure = Figure(
        case="c", what="w", unit="s", ours=ours, beside=beside, judged=judged, limit=2.0
    )
    assert figure.reached is reached


@pytest.mark.parametrize("over_tls", [False, True])
def test_the_load_loop_asks_what_a_scan_has_to_ask(tmp_path, over_tls):
    with endpoint(connections=1, latency_ms=5, tls=tmp_path if over_tls else None) as aws:
        trust = [f"--tls={tmp_path / certificate.AUTHORITY}"] if over_tls else []
        loop = [sys.executable, "-m", "benchmarks.load", aws.url, "--accounts=4", *trust]
        measure(Program(loop, prints=["^72$"]), tmp_path / "out")
        tally = aws.tally()
    assert tally.asked == {"AssumeRole": 4, "DescribeVpnConnections": 68, "tally": 1}


def stand_in(folder: Path, script: str) -> Path:
    """A program to measure instead of bothup."""
    program = folder / "bothup"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def bench(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *words], cwd=ROOT, capture_output=True, text=True
    )


def test_the_command_line_writes_a_table_and_json(tmp_path):
    ran = bench("capacity", "--runs=1", "-o", f"json={tmp_path / 'figures'}")
    assert ran.returncode == 0, ran.stderr
    assert "one answer, load loop" in ran.stdout
    document = json.loads((tmp_path / "figures").read_text())
    endpoint_cpu, load_loop, *_ = document["figures"]
    assert document["python"].startswith("Python 3.")
    assert (document["runs"], load_loop["case"], load_loop["unit"]) == (1, "capacity", "µs")
    assert endpoint_cpu["reached"] is (endpoint_cpu["ours"] <= 100)
    assert load_loop["reached"] is None
    assert 5 < endpoint_cpu["ours"] < load_loop["ours"] < 5000


@pytest.mark.parametrize("case", ["one-target", "scan-17"])
def test_a_case_finds_what_it_measures_wherever_it_runs(case):
    ran = bench(case, "--runs=1")
    assert ran.returncode == 0, ran.stdout
    assert re.search(rf"^{case} +wall ", ran.stdout, re.MULTILINE)


@pytest.mark.parametrize("case", ["one-target", "fleet-1000"])
def test_what_could_not_be_measured_is_an_error(tmp_path, case):
    broken = stand_in(tmp_path, "echo broken >&2; exit 7")
    ran = bench(case, "--runs=1", "--bothup", broken)
    assert ran.returncode == 1
    assert re.search(f"^{case}: NOT MEASURED, .*: broken$", ran.stdout, re.MULTILINE)


def test_a_flag_that_is_not_there_yet_is_said_so(tmp_path):
    young = stand_in(tmp_path, "echo usage")
    ran = bench("fleet-1000", "--bothup", young)
    assert ran.returncode == 0
    assert "fleet-1000: skipped, bothup scan has no --accounts yet" in ran.stdout


@pytest.mark.parametrize(
    ("code", "missed"),
    [("import time; time.sleep(4)", "--help"), ("import botocore", "SDK imports")],
)
def test_a_missed_target_is_an_error_with_check_alone(tmp_path, code, missed):
    slow = stand_in(tmp_path, f"exec {sys.executable} -c '{code}'")
    assert bench("start", "--runs=1", "--bothup", slow).returncode == 0
    checked = bench("start", "--runs=1", "--check", "--bothup", slow)
    assert checked.returncode == 1
    assert re.search(rf"{missed} .* NO$", checked.stdout, re.MULTILINE)


def test_an_unknown_name_is_a_usage_error():
    ran = bench("scan-18")
    assert ran.returncode == 2
    assert "no case is called scan-18" in ran.stderr
