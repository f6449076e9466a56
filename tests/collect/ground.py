"""The collectors' way to a simulated AWS: real HTTP, real signatures, the SDK's own clients."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import msgspec

from bothup.aws.account import Account
from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.clients import Clients
from bothup.aws.collect.incident import Incident
from bothup.aws.collect.same_gateway import Devices
from bothup.aws.collect.trail import Trail
from bothup.aws.evidence import collect
from bothup.aws.fleet import Fleet, Limits
from bothup.aws.pacing import Pacer
from bothup.aws.session import Session
from bothup.aws.signer import OwnCredentials
from bothup.aws.survey import Survey
from bothup.aws.ways import Ways
from bothup.aws.wire import Wire
from bothup.model.target import Target
from bothup.sim.server import SimServer
from bothup.sim.vpn import SimConnection

T = TypeVar("T")
Document = dict[str, Any]
ACCOUNT = "111122223333"
SECONDS = 60.0


def on_the_ground(
    work: Callable[[Ways, Devices, Survey], Awaitable[T]],
    *,
    regions: tuple[str, ...] = ("eu-central-1",),
    seconds: float = SECONDS,
) -> T:
    """Do some work with everything that a run has; the environment says where AWS is."""

    async def do() -> T:
        session, pacer, run = Session(None, regions), Pacer(), Budget.of(120)
        async with Wire(ca_bundle=session.ca_bundle) as wire, Clients() as clients:
            caller = Caller(wire, session, pacer)
            own = Account(id=None, signer=OwnCredentials(session))
            survey = Survey()
            fleet = Fleet(
                session=session,
                caller=caller,
                pacer=pacer,
                limits=Limits(timeout=seconds),
                run=run,
                sink=survey.take,
            )
            survey.begin(fleet.read((own,), regions))
            ways = Ways(caller, clients, (own,), run)
            devices = Devices(survey, partial(ways.to, seconds=seconds))
            try:
                return await work(ways, devices, survey)
            finally:
                await survey.stop()

    return asyncio.run(do())


def connection(sim: SimServer, name: str, region: str = "eu-central-1") -> SimConnection:
    """The simulated connection of that name."""
    place = sim.world.place(ACCOUNT, region)
    return next(each for each in place.connections.values() if each.name == name)


def gathered(
    sim: SimServer,
    name: str,
    region: str = "eu-central-1",
    *,
    regions: tuple[str, ...] = ("eu-central-1",),
    seconds: float = SECONDS,
    interval: float = 0.0,
    **asked: datetime,
) -> Document:
    """All the evidence on the connection of that name, as it stands in a file."""
    found = connection(sim, name, region)
    incident = Incident(now=datetime.now(UTC), **asked)

    async def work(_: Ways, devices: Devices, __: Survey) -> Document:
        target = Target(account=ACCOUNT, region=region)
        return await collect(found.id, target, incident, devices, Trail(), interval=interval)

    document = on_the_ground(work, regions=regions, seconds=seconds)
    plain: Document = msgspec.json.decode(msgspec.json.encode(document))
    return plain


def missing(document: Document) -> dict[str, list[str]]:
    """Why which kinds of evidence are missing."""
    told: dict[str, list[str]] = {}
    for each in document.get("missing_evidence", ()):
        told.setdefault(each["kind"], []).append(each["why"])
    return told


def commands(document: Document) -> list[str]:
    """The commands that would get what is missing."""
    return [each["how_to_get"] for each in document.get("missing_evidence", ())]
