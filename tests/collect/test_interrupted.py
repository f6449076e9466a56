"""Ctrl-C while a call of the SDK hangs: the end comes at once."""

import signal
import subprocess
import sys
import time

from bothup.sim.faults import Fault
from bothup.sim.server import SimServer
from tests.cli.conftest import clean_env
from tests.collect.ground import connection


def test_ctrl_c_does_not_wait_for_a_call_that_hangs(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="cloudtrail:*", kind="hang"))
    command = [sys.executable, "-m", "bothup", "collect", connection(sim, "static").id]
    with subprocess.Popen(
        command,
        env=clean_env() | sim.env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not any("LookupEvents" in key[2] for key in sim.calls.counts()):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - began < 3
    assert out == ""
    assert "Traceback" not in err
