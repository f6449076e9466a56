"""Build: a scenario becomes places with connections, tunnels and gateways in them."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict

from bothup.sim.addresses import Pool, gateway_pool, inside_pool, outside_pool
from bothup.sim.durations import parse_duration
from bothup.sim.ids import digest, pre_shared_key, resource_id
from bothup.sim.kinds import KINDS, Kind
from bothup.sim.negotiate import Device
from bothup.sim.options import described
from bothup.sim.scenario import Account, Connection, Peer, Scenario, Site, Tunnel
from bothup.sim.vpn import (
    PROVISIONING,
    CloudGateway,
    Condition,
    CustomerGateway,
    Place,
    SimConnection,
    SimTunnel,
    condition,
)

Places = dict[tuple[str, str], Place]


def build(scenario: Scenario, now: datetime) -> Places:
    """Everything that `scenario` says, as it is at `now`, by account and Region."""
    return _Builder(scenario, now).places()


class _Builder:
    def __init__(self, scenario: Scenario, now: datetime) -> None:
        self._scenario = scenario
        self._now = now.replace(microsecond=0)
        every = [one for account in scenario.accounts for one in account.connections]
        fixed = [t.outside_ip for one in every for t in one.tunnels if t.outside_ip]
        self._outsides = outside_pool(len(every), fixed)
        known = [site.ip for site in scenario.sites if site.ip]
        self._gateways = gateway_pool(len(every) + len(scenario.sites), known)
        self._sites = {site.name: self._placed(site, "site") for site in scenario.sites}

    def places(self) -> Places:
        places: Places = defaultdict(Place)
        insides: defaultdict[tuple[str, str], Pool] = defaultdict(inside_pool)
        for account in self._scenario.accounts:
            for one in account.connections:
                key = account.id, one.region
                self._add(places[key], account, one, insides[key])
        return dict(places)

    def _placed(self, site: Site, *where: str) -> Site:
        """The site with an address."""
        return msgspec.structs.replace(site, ip=site.ip or self._gateways.take(*where, site.name))

    def _add(self, place: Place, account: Account, one: Connection, insides: Pool) -> None:
        kind = KINDS[one.kind]
        where = account.id, one.region
        if one.site is None:
            site = self._placed(Site(name=one.name), *where)
        else:
            site = self._sites[one.site]
        customer = CustomerGateway(
            id=resource_id("cgw", *where, site.name, one.site or ""),
            ip=site.ip or "",
            asn=site.asn,
            name=site.name,
            device=site.device,
        )
        cloud = _cloud_gateway(where, one, kind)
        place.customer_gateways[customer.id] = customer
        if cloud:
            place.cloud_gateways[cloud.id] = cloud
        vpn_id = resource_id("vpn", *where, one.name)
        first, second = (
            self._tunnel(where, vpn_id, one, site, number, insides) for number in (0, 1)
        )
        place.connections[vpn_id] = SimConnection(
            id=vpn_id,
            account=account.id,
            region=one.region,
            name=one.name,
            state=one.state or kind.state,
            category=one.category,
            association=one.association or kind.association,
            customer_gateway_id=customer.id,
            gateway_id=cloud.id if cloud else None,
            bgp=one.routing == "bgp",
            accelerated=one.accelerated,
            static_routes=one.static_routes,
            tags={"Name": one.name, **one.tags},
            shown=kind.telemetry,
            tunnels=(first, second),
        )

    def _tunnel(
        self,
        where: tuple[str, str],
        vpn_id: str,
        one: Connection,
        site: Site,
        number: int,
        insides: Pool,
    ) -> SimTunnel:
        kind = KINDS[one.kind]
        usual = kind.tunnels[number]
        own = one.tunnels[number] if number < len(one.tunnels) else Tunnel()
        name = vpn_id, str(number + 1)
        key = pre_shared_key(*name)
        logged = kind.logs if one.logs is UNSET else one.logs
        options = {
            "OutsideIpAddress": own.outside_ip or self._outsides.take(*name),
            "TunnelInsideCidr": insides.take(*name),
            "PreSharedKey": key,
            **(_logs(where, one) if logged else {}),
            **described({**usual.options, **one.options, **own.options}),
        }
        routes = Peer(routes=2 + digest("routes", vpn_id)[0] % 19)
        device = _device(key, routes, site.peer, usual.peer, one.peer, own.peer)
        busy = number in kind.busy
        changed = self._changed(name, own.since, usual.since or one.created)
        maintenance = {usual.maintenance, own.maintenance}
        return SimTunnel(
            outside_ip=options["OutsideIpAddress"],
            options=options,
            device=device,
            now=_reported(condition(options, device, bgp=one.routing == "bgp"), usual, own, busy),
            changed=changed,
            busy=busy,
            maintenance_pending="pending" in maintenance,
            maintenance_applied=changed if "applied" in maintenance else None,
            certificate_arn=own.certificate_arn,
        )

    def _changed(self, name: tuple[str, str], said: str | UnsetType, usual: str) -> datetime:
        """When the tunnel last changed: as long ago as said, or within a tenth of what is usual."""
        if said:
            return self._now - parse_duration(said)
        longer = digest("changed", *name)[0] / 2560
        return (self._now - parse_duration(usual) * (1 + longer)).replace(microsecond=0)


def _reported(actual: Condition, usual: Tunnel, own: Tunnel, busy: bool) -> Condition:
    """What the tunnel reports at first: its actual condition, or what the scenario insists on."""
    if busy:
        return PROVISIONING
    for said in (usual, own):
        if said.status is not UNSET:
            actual = msgspec.structs.replace(actual, status=said.status)
        if said.message is not UNSET:
            actual = msgspec.structs.replace(actual, message=said.message)
    return actual


def _logs(where: tuple[str, str], one: Connection) -> dict[str, Any]:
    """LogOptions that send activity, and with BGP also its events, to the connection's group."""
    account, region = where
    arn = f"arn:aws:logs:{region}:{account}:log-group:/aws/vendedlogs/vpn/{one.name}"
    options = {"LogEnabled": True, "LogGroupArn": arn, "LogOutputFormat": "json"}
    if one.routing == "bgp":
        options |= {f"Bgp{name}": value for name, value in options.items()}
    return {"LogOptions": {"CloudWatchLogOptions": options}}


def _device(right_key: str, *said: Peer) -> Device:
    """What the device can do by all that is said of it, the last word last."""
    words: dict[str, Any] = {}
    for peer in said:
        words |= {name: value for name, value in asdict(peer).items() if value is not UNSET}
    wrong = words.pop("key", "right") == "wrong"
    return Device(key=f"{right_key[:-6]}.WRONG" if wrong else right_key, **words)


def _cloud_gateway(where: tuple[str, str], one: Connection, kind: Kind) -> CloudGateway | None:
    """The gateway on AWS's side that `one` ends on, if it does."""
    target = kind.target or one.target
    if target == "none":
        return None
    return CloudGateway(id=resource_id(target, *where, one.gateway), name=one.gateway)
