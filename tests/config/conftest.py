"""The verbs of the configuration, called as the command line calls them."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from cyclopts import App

from bothup.cli.settings import fill
from bothup.errors import BothupError


class Ran(msgspec.Struct, frozen=True):
    """What a command line came to; `error` is the text of the error that ended it."""

    code: int
    out: str
    err: str
    error: str = ""


Call = Callable[..., Ran]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, a home without settings, and no settings in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*arguments: str) -> Ran:
        root = App(name="bothup", result_action="return_value", config=(fill,))
        for verb in ("baseline", "config"):
            root.command(f"bothup.cli.{verb}:{verb}", name=verb)
        code, error = -1, ""
        try:
            code = root(arguments, exit_on_error=False)
        except BothupError as raised:
            code, error = raised.exit_code, str(raised)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err, error)

    return run
