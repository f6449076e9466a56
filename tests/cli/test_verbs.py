"""Every verb helps, and the shell completes it."""

import subprocess

import pytest

from bothup.cli.app import app
from tests.cli.conftest import Run

VERBS = [name for name in app() if not name.startswith("-")]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(bothup: Run, verb: str) -> None:
    done = bothup(verb, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: bothup")
    assert done.stderr == ""
    assert verb in bothup("--help").stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [(["bothup", "sc"], "scan"), (["bothup", "scan", "--role"], "--role-name")],
)
def test_bash_completes(bothup: Run, words: list[str], expected: str) -> None:
    script = bothup("completion", "bash").stdout
    asked = f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}"
    done = subprocess.run(
        ["bash", "-c", f'{script}\n{asked}; _bothup; printf "%s\\n" "${{COMPREPLY[@]}}"'],
        capture_output=True,
        text=True,
    )
    assert expected in done.stdout.split()
