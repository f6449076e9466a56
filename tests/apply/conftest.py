"""A theatre for the session, and a stage for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bothup.sim.load import parse_scenario
from bothup.sim.scenario import Scenario
from tests.apply.stage import Stage, Theatre

HEAD = """
name = "apply"
regions = ["eu-central-1"]
[[accounts]]
id = "111122223333"
name = "Example"
management = true
"""


def scenario(text: str) -> Scenario:
    return parse_scenario(HEAD + text, "apply.toml")


def connections(**kinds: str) -> str:
    """Connections by name, each with what the scenario says of it."""
    return "".join(
        f'[[accounts.connections]]\nname = "{name}"\nregion = "eu-central-1"\n{rest}\n'
        for name, rest in kinds.items()
    )


@pytest.fixture(scope="session")
def playhouse() -> Iterator[Theatre]:
    house = Theatre()
    yield house
    house.close()


@pytest.fixture(scope="module")
def theatre(playhouse: Theatre) -> Iterator[Theatre]:
    """The session's theatre; its environment is the module's alone."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in playhouse.env(scenario(connections(one=""))).items():
            patch.setenv(name, value)
        yield playhouse


@pytest.fixture
def stage(theatre: Theatre, tmp_path: Path) -> Callable[..., Stage]:
    """`stage(name="kind = 'idle'", …)`: a stage with these connections, and how fast AWS is."""

    def make(*, timing: str = "", **kinds: str) -> Stage:
        text = timing + connections(**kinds)
        return Stage(theatre, scenario(text), tmp_path / "journal.db")

    return make
