"""A simulated AWS with two connections, a topic that reaches somebody, and the command line."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bothup.aws.pacing import CLOUDWATCH
from bothup.cli.app import run
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.alarms.account import HEAD, Account


@pytest.fixture(scope="module")
def sim(request: pytest.FixtureRequest) -> Iterator[SimServer]:
    """The module's server, of its `SCENARIO` where it has one."""
    text = getattr(request.module, "SCENARIO", HEAD)
    with (
        SimServer(parse_scenario(text, "alarms.toml")) as server,
        pytest.MonkeyPatch.context() as at,
    ):
        for name, value in server.env().items():
            at.setenv(name, value)
        at.setenv("no_proxy", "127.0.0.1")
        for name in CLOUDWATCH:  # the simulated AWS throttles nobody here
            at.setitem(CLOUDWATCH, name, 1000.0)
        yield server


@pytest.fixture(scope="module")
def account(sim: SimServer, tmp_path_factory: pytest.TempPathFactory) -> Account:
    return Account(sim, tmp_path_factory.mktemp("alarms"))


@pytest.fixture
def bothup(
    sim: SimServer, account: Account, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """`bothup("audit", …)`: exit code, stdout and stderr of `bothup alarms audit …`."""

    def call(verb: str, *arguments: str) -> tuple[int, str, str]:
        more = ("--yes", "--journal", str(account.folder / "journal.db")) if verb == "apply" else ()
        code = run(["alarms", verb, *arguments, *more])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call
