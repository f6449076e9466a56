"""A run that ends early, by Ctrl-C or its deadline: every Target is told of once, none is lost."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.fleet import Event, Fleet, Limits, Planned, TargetRead
from bothup.aws.pacing import Pacer
from bothup.aws.selection import Selection, accounts
from bothup.aws.session import Session
from bothup.aws.wire import Wire
from bothup.sim.faults import Fault
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer

REGIONS = ("eu-central-1", "eu-west-1", "sa-east-1", "us-east-1", "us-west-2")
ACCOUNTS = tuple(f"10000000000{number}" for number in range(1, 7))
DESCRIBE, ASSUME = "ec2:DescribeVpnConnections", "sts:AssumeRole"
IN_FLIGHT = 2
WHOLE = [(account, region) for account in ACCOUNTS for region in REGIONS]


@pytest.fixture(scope="module")
def shared() -> Iterator[SimServer]:
    text = f"regions = {list(REGIONS)}\n"
    for account in ACCOUNTS:
        text += f'[[accounts]]\nid = "{account}"\nname = "a{account[-1]}"\n'
        text += '[[accounts.roles]]\nname = "read"\n'
    with SimServer(parse_scenario(text, "given-up")) as server, pytest.MonkeyPatch.context() as m:
        for name, value in server.env().items():
            m.setenv(name, value)
        yield server


@pytest.fixture
def sim(shared: SimServer) -> Iterator[SimServer]:
    shared.calls.clear()
    yield shared
    shared.faults.clear()


class Told:
    """What a run told."""

    def __init__(self) -> None:
        self.planned = 0
        self.read: list[TargetRead] = []

    def __call__(self, event: Event) -> None:
        if isinstance(event, Planned):
            self.planned += event.targets
        else:
            self.read.append(event)

    @property
    def places(self) -> list[tuple[str | None, str | None]]:
        return sorted((each.coverage.account, each.coverage.region or "") for each in self.read)

    def why(self) -> Counter[str]:
        return Counter(f"{each.coverage.status}: {each.coverage.message}" for each in self.read)


async def run(
    told: Told,
    regions: Sequence[str] | None,
    *,
    deadline: float = 60,
    cancelled_when: "asyncio.Future[None] | None" = None,
) -> None:
    session, pacer = Session(), Pacer()
    budget = Budget.of(deadline)
    async with Wire() as wire:
        caller = Caller(wire, session, pacer)
        wanted = Selection(named=ACCOUNTS, role_name="read")
        found = await accounts(wanted, session=session, caller=caller, run=budget)
        fleet = Fleet(
            session=session,
            caller=caller,
            pacer=pacer,
            limits=Limits(in_flight=IN_FLIGHT),
            run=budget,
            sink=told,
        )
        reading = asyncio.create_task(fleet.read(found, regions))
        if cancelled_when:
            await cancelled_when
            reading.cancel()
        await reading


async def given_up(
    told: Told, sim: SimServer, operation: str, regions: Sequence[str] | None
) -> None:
    async def stuck() -> None:
        """Until as many calls hang as may, and whoever fills the queue behind them waits."""
        while sim.calls.count(operation) < IN_FLIGHT:  # noqa: ASYNC110 - a server in a thread
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)

    with pytest.raises(asyncio.CancelledError):
        await run(told, regions, cancelled_when=asyncio.ensure_future(stuck()))


INTERRUPTED = "unreachable: interrupted before it was read"


def test_ctrl_c_loses_no_target_that_was_named(sim: SimServer) -> None:
    """Two are being read, two in the queue; two openers cannot get on; four accounts are closed."""
    sim.faults.add(Fault(operation=DESCRIBE, kind="hang"))
    told = Told()
    asyncio.run(given_up(told, sim, DESCRIBE, REGIONS))
    assert told.places == WHOLE
    assert told.why() == {INTERRUPTED: len(WHOLE)}
    assert told.planned == len(WHOLE)


def test_ctrl_c_loses_no_account_whose_regions_are_not_known(sim: SimServer) -> None:
    sim.faults.add(Fault(operation=DESCRIBE, kind="hang"))
    told = Told()
    asyncio.run(given_up(told, sim, DESCRIBE, None))
    opened, closed = ACCOUNTS[:2], ACCOUNTS[2:]
    assert told.places == [
        *((account, region) for account in opened for region in REGIONS),
        *((account, "") for account in closed),
    ]
    assert told.why() == {INTERRUPTED: len(told.read)}
    assert told.planned == len(told.read)


def test_ctrl_c_while_accounts_are_opened(sim: SimServer) -> None:
    """The credentials' own account needs no role: it is read, while the others wait for STS."""
    sim.faults.add(Fault(operation=ASSUME, kind="hang"))
    told = Told()
    asyncio.run(given_up(told, sim, ASSUME, REGIONS))
    assert told.places == WHOLE
    assert told.why() == {"read: None": len(REGIONS), INTERRUPTED: len(WHOLE) - len(REGIONS)}


@pytest.mark.parametrize("operation", [DESCRIBE, ASSUME])
def test_the_deadline_loses_no_target(sim: SimServer, operation: str) -> None:
    sim.faults.add(Fault(operation=operation, kind="hang"))
    told = Told()
    began = time.monotonic()
    asyncio.run(run(told, REGIONS, deadline=1.5))
    assert time.monotonic() - began < 6
    assert told.places == WHOLE
    read = len(REGIONS) if operation == ASSUME else 0
    why = told.why()
    assert why["read: None"] == read
    late = "unreachable: the run's deadline passed before it was read"
    assert why[late] >= len(WHOLE) - read - IN_FLIGHT * len(REGIONS)
    assert sum(why.values()) == len(WHOLE)
    assert all(each.startswith("unreachable: ") for each in why if each != "read: None")
