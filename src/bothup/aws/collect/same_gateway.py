"""What else ends on the same device: every connection on its address, in all Targets at hand.

A customer gateway is a record of its Region; one device may have many. They are the same device
where they have the same address. This takes what `customer_gateways` and `vpn_connections` take.
"""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bothup.aws.collect import customer_gateways, telemetry
from bothup.aws.collect._command import command
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Absent, Document, Subject, Wanted, lacking
from bothup.aws.survey import Survey
from bothup.errors import AwsError
from bothup.model.bundle import CustomerGateway
from bothup.model.diagnosis import EvidenceKind, MissingEvidence
from bothup.model.target import Target
from bothup.read.fields import WrongField

# How many seconds the rest of the Targets is waited for, once the connection itself was found.
PATIENCE = 20.0
_NAMED = 3

Gateways = dict[str, CustomerGateway]


class Devices:
    """Which customer gateways there are where; each Target's are read once, whoever asks."""

    def __init__(self, survey: Survey, way: Callable[[Target], Call]) -> None:
        """Read nothing yet; `way` calls a Target."""
        self.way, self._survey = way, survey
        self._read: dict[Target, asyncio.Task[Gateways | None]] = {}

    async def gateways(self) -> dict[Target, Gateways | None]:
        """Read them in every Target that has connections; None where that is not possible."""
        await self._survey.finished(PATIENCE)
        for target, records in self._survey.records.items():
            if records and target not in self._read:
                self._read[target] = asyncio.create_task(self._gateways(target))
        listed = await asyncio.gather(*self._read.values())
        return dict(zip(self._read, listed, strict=True))

    def unread(self) -> Iterator[str]:
        """Name the Targets of which it is not known what connections they have."""
        for each in self._survey.unread:
            yield " ".join(filter(None, (each.account, each.region)))
        if not self._survey.done:
            yield "those that are not read yet"

    async def _gateways(self, target: Target) -> Gateways | None:
        try:
            return await customer_gateways.customer_gateways(self.way(target))
        except (AwsError, WrongField):
            return None


def wanted(subject: Subject, devices: Devices) -> Iterator[Wanted]:
    """Want the other connections of the device."""
    if subject.connection.customer_gateway_id is None:
        return
    yield Wanted(
        kind=EvidenceKind.SAME_GATEWAY,
        what="the other connections on the same device",
        command=command("ec2", "DescribeCustomerGateways", subject.target.region, {}),
        fetch=partial(_fetch, subject, devices),
    )


async def _fetch(subject: Subject, devices: Devices, _: Call) -> Document:
    name, here = subject.connection.customer_gateway_id or "", subject.target
    listed = await devices.gateways()
    own = (listed.get(here) or {}).get(name)
    if own is None:
        raise Absent(f"the address of the customer gateway {name} is not known")
    same = {here: [name]}
    if own.ip_address:
        for target, gateways in listed.items():
            fits = [each.id for each in (gateways or {}).values() if _same(each, own)]
            same |= {target: fits} if fits else {}
    found, unread = await _connections(subject, devices, same)
    unread += [_place(target) for target, gateways in listed.items() if gateways is None]
    unread += devices.unread()
    document = {"same_gateway": found} if found or not unread else {}
    return document | (_unknown(own, unread) if unread else {})


def _same(one: CustomerGateway, other: CustomerGateway) -> bool:
    return one.ip_address == other.ip_address


async def _connections(
    subject: Subject, devices: Devices, same: dict[Target, list[str]]
) -> tuple[list[Document], list[str]]:
    """Describe what ends on these customer gateways; and say where that was not possible."""

    async def described(target: Target, ids: list[str]) -> list[dict[str, Any]] | None:
        try:
            return await telemetry.described(devices.way(target), "customer-gateway-id", ids)
        except AwsError:
            return None

    answers = await asyncio.gather(*(described(*each) for each in same.items()))
    found = [
        {"Account": target.account, "Region": target.region, **item}
        for target, items in zip(same, answers, strict=True)
        for item in items or ()
        if (target, item.get("VpnConnectionId")) != (subject.target, subject.connection.id)
    ]
    unread = [_place(target) for target, items in zip(same, answers, strict=True) if items is None]
    return found, unread


def _unknown(own: CustomerGateway, places: list[str]) -> Document:
    named = ", ".join(sorted(places)[:_NAMED])
    if len(places) > _NAMED:
        named += f" and {len(places) - _NAMED} more"
    params = {"Filters": [{"Name": "ip-address", "Values": [own.ip_address or "ADDRESS"]}]}
    return lacking(
        MissingEvidence(
            kind=EvidenceKind.SAME_GATEWAY,
            why=f"what ends on the same device was not read in: {named}",
            how_to_get=command("ec2", "DescribeCustomerGateways", "REGION", params),
        )
    )


def _place(target: Target) -> str:
    return " ".join(filter(None, (target.account, target.region)))
