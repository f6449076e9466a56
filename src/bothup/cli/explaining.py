"""Why a tunnel that was changed does not come back: its diagnosis, from what may be read of it."""

import asyncio
from datetime import UTC, datetime
from functools import partial

from bothup.aws.clients import Clients
from bothup.aws.collect.incident import Incident
from bothup.aws.collect.same_gateway import Devices
from bothup.aws.collect.trail import Trail
from bothup.aws.collect.wanted import Document
from bothup.aws.evidence import collect
from bothup.aws.survey import Survey
from bothup.aws.ways import Ways
from bothup.cli.cases import case_of
from bothup.cli.reached import Reached
from bothup.model.diagnosis import CauseVerdict
from bothup.model.plan import Step
from bothup.pages._outline import is_sure

SECONDS = 60.0
_MOST = 2
# What was just done to the tunnel explains that it went down, not that it does not come back.
_OURSELVES = frozenset({"recent-modification", "aws-endpoint-replacement"})


async def explain(way: Reached, profile: str | None, step: Step) -> str:
    """Name what the evidence speaks for, and what the device needs; "" where it speaks for nothing.

    Evidence that the credentials may not read is done without.
    """
    now = datetime.now(UTC)
    async with Clients(profile) as clients:
        ways = Ways(way.caller, clients, way.accounts, way.run)
        devices = Devices(Survey(), partial(ways.to, seconds=SECONDS))
        incident = Incident(now=now)
        document = await collect(step.resource, step.target, incident, devices, Trail())
    causes = await asyncio.to_thread(_causes, document, now, step.tunnel)
    return "; ".join(map(_said, causes[:_MOST]))


def _causes(document: Document, now: datetime, outside_ip: str | None) -> list[CauseVerdict]:
    from bothup.engine.diagnose import diagnose

    case = case_of(document, now)
    made = diagnose(case.bundle, now=case.time)
    theirs = (each.causes for each in made.tunnels if each.outside_ip == outside_ip)
    causes = (*next(theirs, ()), *made.connection_causes)
    return [each for each in causes if is_sure(each) and each.id not in _OURSELVES]


def _said(cause: CauseVerdict) -> str:
    to_do = [f"on the device: {text.rstrip('.')}" for text in cause.do_on_device[:1]]
    return ", ".join((f"{cause.verdict} {cause.id} ({cause.title})", *to_do))
