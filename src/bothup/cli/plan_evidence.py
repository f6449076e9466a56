"""The evidence that remedies read, gathered from AWS; what cannot be read costs itself alone."""

import asyncio
from collections.abc import Awaitable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from bothup.aws.change.access import Access
from bothup.aws.collect.client_vpn_endpoints import client_vpn_endpoints
from bothup.aws.collect.customer_gateways import customer_gateways
from bothup.aws.collect.log_groups import has_group, has_stream
from bothup.aws.collect.tunnel_status import active_status, replacement_status
from bothup.engine.plan import Present, Subject
from bothup.errors import AwsError, Denied, Throttled, Unreachable
from bothup.model.bundle import CustomerGateway
from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.connection import GONE, VpnConnection
from bothup.model.remedy import Gateway, LogGroup, Maintenance, Negotiated
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.read.fields import WrongField

T = TypeVar("T")

_STATUSES = (
    (Denied, CoverageStatus.DENIED),
    (Throttled, CoverageStatus.THROTTLED),
    (Unreachable, CoverageStatus.UNREACHABLE),
)


class Evidence:
    """Reads the `kinds` of evidence that are asked for; `gaps` are what could not be read."""

    def __init__(self, access: Access, kinds: Collection[type], in_flight: int) -> None:
        """Read nothing yet; so many connections are looked at together."""
        self._access, self._kinds, self._free = access, kinds, asyncio.Semaphore(in_flight)
        self.gaps: list[Coverage] = []

    async def subjects(self, connections: Sequence[VpnConnection]) -> tuple[Subject, ...]:
        """Gather what there is to know of each connection."""
        targets = sorted({each.target for each in connections})
        listed = await asyncio.gather(*map(self._gateways, targets))
        gateways = dict(zip(targets, listed, strict=True))
        subjects = (self._subject(each, gateways[each.target]) for each in connections)
        return tuple(await asyncio.gather(*subjects))

    async def endpoints(self, targets: Iterable[Target]) -> tuple[ClientVpnEndpoint, ...]:
        """Read the Client VPN endpoints of every Target."""
        listed = await asyncio.gather(*map(self._endpoints, targets))
        return tuple(each for found in listed for each in found)

    async def present(
        self, targets: Iterable[Target], groups: Sequence[LogGroup]
    ) -> dict[Target, Present]:
        """Find out which of the log groups and streams are there, in which Target."""
        places = sorted(set(targets))
        found = await asyncio.gather(*(self._present(target, groups) for target in places))
        return dict(zip(places, found, strict=True))

    async def _subject(
        self, connection: VpnConnection, gateways: dict[str, CustomerGateway] | AwsError
    ) -> Subject:
        if connection.state in GONE:
            return Subject(connection=connection)
        problems: dict[str, str] = {}
        async with self._free:
            active = await self._each(connection, Negotiated, active_status, problems)
            replacements = await self._each(connection, Maintenance, replacement_status, problems)
        return Subject(
            connection=connection,
            gateway=_gateway(connection, gateways),
            active=active,
            replacements=replacements,
            problems=problems,
        )

    async def _each(
        self, connection: VpnConnection, kind: type, read: Any, problems: dict[str, str]
    ) -> dict[str, Any]:
        """Read something of every tunnel, where it is asked for."""
        found: dict[str, Any] = {}
        if kind not in self._kinds:
            return found
        call = partial(self._access.read, connection.target)
        for address in (each.outside_ip for each in connection.tunnels if each.outside_ip):
            said = await self._try(connection.target, read(call, connection.id, address))
            if isinstance(said, AwsError):
                problems[kind.__name__] = str(said)
            else:
                found[address] = said
        return found

    async def _gateways(self, target: Target) -> dict[str, CustomerGateway] | AwsError:
        if Gateway not in self._kinds:
            return {}
        call = partial(self._access.read, target)
        return await self._try(target, customer_gateways(call))

    async def _endpoints(self, target: Target) -> tuple[ClientVpnEndpoint, ...]:
        call = partial(self._access.read, target)
        said = await self._try(target, client_vpn_endpoints(call, target))
        return () if isinstance(said, AwsError) else said

    async def _present(self, target: Target, groups: Sequence[LogGroup]) -> Present:
        """What cannot be read counts as missing: creating what is there does no harm."""
        there: set[str] = set()
        streams: set[tuple[str, str]] = set()
        for group in groups:
            if group.name not in there:
                found = await self._try(target, has_group(self._access.ask, target, group.name))
                if found is not True:
                    continue
                there.add(group.name)
            if group.stream:
                looked = has_stream(self._access.ask, target, group.name, group.stream)
                if await self._try(target, looked) is True:
                    streams.add((group.name, group.stream))
        return Present(groups=frozenset(there), streams=frozenset(streams))

    async def _try(self, target: Target, work: Awaitable[T]) -> T | AwsError:
        """Wait for the work; what goes wrong is returned, and told as a gap."""
        try:
            return await work
        except WrongField as wrong:
            error = AwsError(f"AWS's answer makes no sense: {wrong}")
        except AwsError as refused:
            error = refused
        self.gaps.append(gap(target, error))
        return error


def _gateway(
    connection: VpnConnection, gateways: Mapping[str, CustomerGateway] | AwsError
) -> Gateway:
    if isinstance(gateways, AwsError):
        return Gateway(problem=str(gateways))
    found = gateways.get(connection.customer_gateway_id or "")
    return Gateway(found=found, problem="" if found else "AWS does not list the customer gateway")


def gap(target: Target, error: AwsError) -> Coverage:
    """Say that something of a Target could not be read."""
    statuses = (status for kind, status in _STATUSES if isinstance(error, kind))
    return Coverage(
        account=target.account,
        region=target.region,
        status=next(statuses, CoverageStatus.FAILED),
        error_code=error.code,
        message=str(error),
    )
