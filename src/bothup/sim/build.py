"""Build: a scenario becomes places with connections, tunnels and gateways in them."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import asdict

from bothup.sim.addresses import Pool, gateway_pool, inside_pool, outside_pool
from bothup.sim.build_past import PastBuilder, as_it_must_be, last_replacement
from bothup.sim.durations import parse_duration
from bothup.sim.ids import digest, pre_shared_key, resource_id
from bothup.sim.kind import Kind
from bothup.sim.kinds import KINDS
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
            certificate_arn=one.certificate_arn,
        )
        cloud = _cloud_gateway(where, one, kind)
        place.customer_gateways[customer.id] = customer
        if cloud:
            place.cloud_gateways[cloud.id] = cloud
        vpn_id = resource_id("vpn", *where, one.name)
        created = self._created(one, kind, vpn_id)
        first, second = (
            self._tunnel(where, vpn_id, one, site, number, insides, created) for number in (0, 1)
        )
        place.connections[vpn_id] = SimConnection(
            id=vpn_id,
            account=account.id,
            region=one.region,
            name=one.name,
            state=one.state or kind.state,
            created=created,
            category=one.category,
            association=one.association or kind.association,
            customer_gateway_id=customer.id,
            gateway_id=cloud.id if cloud else None,
            bgp=one.routing == "bgp",
            accelerated=one.accelerated,
            static_routes=one.static_routes,
            tags={"Name": one.name, **one.tags},
            shown=kind.telemetry,
            local_cidr=one.local_cidr,
            remote_cidr=one.remote_cidr,
            log_group=one.log_group == "there",
            cause=one.cause,
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
        created: datetime,
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
        actual = condition(options, device, bgp=one.routing == "bgp")
        now = _reported(actual, usual, own, busy)
        seed = (site.name,) if kind.together else name
        changed = self._changed(seed, own, usual, created)
        past = PastBuilder(one, self._now, created).past(
            options["OutsideIpAddress"], options, device, now, changed, (usual, own)
        )
        maintenance = {usual.maintenance, own.maintenance}
        return SimTunnel(
            outside_ip=options["OutsideIpAddress"],
            options=options,
            device=device,
            now=now,
            changed=changed,
            past=past,
            busy=busy,
            maintenance_pending="pending" in maintenance,
            maintenance_applied=changed if "applied" in maintenance else last_replacement(past),
            certificate_arn=own.certificate_arn or one.certificate_arn,
        )

    def _created(self, one: Connection, kind: Kind, vpn_id: str) -> datetime:
        """When the connection was created: within a tenth of what is said, just now if pending."""
        if "pending" in (one.state, kind.state):
            return self._now - timedelta(minutes=1)
        return self._ago(one.created, "created", vpn_id)

    def _changed(
        self, seed: tuple[str, ...], own: Tunnel, usual: Tunnel, created: datetime
    ) -> datetime:
        """When the tunnel last changed: as long ago as said, or within a tenth of what is usual."""
        if own.since is not UNSET:
            return self._now - parse_duration(own.since)
        if usual.since is UNSET:
            return created
        return self._ago(usual.since, "changed", *seed)

    def _ago(self, usual: str, *seed: str) -> datetime:
        longer = digest(*seed)[0] / 2560
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
    return as_it_must_be(actual)


def _logs(where: tuple[str, str], one: Connection) -> dict[str, Any]:
    """LogOptions that send activity, and with BGP also its events, to the connection's group."""
    account, region = where
    arn = f"arn:aws:logs:{region}:{account}:log-group:/aws/vendedlogs/vpn/{one.name}"
    options = {"LogEnabled": True, "LogGroupArn": arn, "LogOutputFormat": one.log_format}
    if one.routing == "bgp" and one.bgp_logs:
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
    return CloudGateway(
        id=resource_id(target, *where, one.gateway),
        name=one.gateway,
        attached=kind.attached if one.attached is UNSET else one.attached,
    )
