"""The progress line: on a terminal's stderr, and nowhere else."""

import json
import os
import pty
import re
import subprocess
import sys

from bothup.sim.server import SimServer
from tests.cli.conftest import clean_env


def on_a_terminal(sim: SimServer, *flags: str) -> tuple[str, str]:
    """Run a scan whose stderr is a terminal; give what it wrote to stdout and to stderr."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bothup", "scan", "-o", "json", *flags],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=clean_env() | sim.env() | {"TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(theirs)
    out = process.communicate(timeout=30)[0].decode()
    err = b""
    try:
        while chunk := os.read(ours, 65536):
            err += chunk
    except OSError:  # the terminal is gone when its last user is
        pass
    os.close(ours)
    return out, re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", err.decode())


def test_progress_is_one_line_on_a_terminal(sim: SimServer) -> None:
    out, err = on_a_terminal(sim)
    assert json.loads(out)["summary"]["connections"] == 3
    assert "3/3 Targets · 3 connections" in err


def test_progress_is_silent_when_asked(sim: SimServer) -> None:
    out, err = on_a_terminal(sim, "--quiet")
    assert json.loads(out)
    assert err == ""
