"""The accounts of an organization: many pages of them, and how AWS says which are active."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bothup.aws.organization import members
from bothup.aws.session import Session
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer

# More than two pages: Organizations gives 20 accounts a page.
COUNT = 45
CLOSED = {7, 33}
UNITS = ("Workloads", "Workloads/Production")


@contextmanager
def organization(states: str) -> Iterator[SimServer]:
    text = f'account_states = "{states}"\n'
    for number in range(COUNT):
        text += f'[[accounts]]\nid = "{100000000001 + number}"\nname = "a{number}"\n'
        text += f'ou = "{"" if number < 25 else UNITS[number % 2]}"\n'
        text += 'status = "SUSPENDED"\n' if number in CLOSED else ""
    with (
        SimServer(parse_scenario(text, "many")) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in server.env().items():
            patch.setenv(name, value)
        yield server


@pytest.mark.parametrize("states", ["both", "state", "status"])
def test_every_page_is_read_and_only_active_accounts_count(states: str) -> None:
    with organization(states) as server:
        found = members(Session())
    assert [each.name for each in found] == [
        f"a{number}" for number in range(COUNT) if number not in CLOSED
    ]
    assert server.calls.count("organizations:ListAccounts") == 3


def test_a_unit_of_many_pages_is_read_with_the_units_below() -> None:
    with organization("both") as server:
        (root,) = Session().client("organizations").list_roots()["Roots"]
        whole = members(Session(), units=[root["Id"]])
        assert len(whole) == COUNT - len(CLOSED)
        assert whole == members(Session())
    assert server.calls.count("organizations:ListAccountsForParent") == 2 + 1 + 1
