"""Connections and evidence to plan with, short to write."""

from datetime import UTC, datetime
from typing import Any

from bothup.engine.plan import Subject, Wishes, plan
from bothup.engine.remedies import chosen
from bothup.model.bundle import ActiveStatus, CustomerGateway, Replacement
from bothup.model.connection import Routing, Tunnel, TunnelOptions, TunnelStatus, VpnConnection
from bothup.model.plan import Plan
from bothup.model.remedy import Gateway, LogGroup, LogWish
from bothup.model.target import Target

TARGET = Target(account="111122223333", region="eu-central-1")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
UP, DOWN, UNKNOWN = TunnelStatus.UP, TunnelStatus.DOWN, TunnelStatus.UNKNOWN
A, B = "203.0.113.1", "203.0.113.2"
WISHES = Wishes(
    tunnel_logs=LogGroup(name="/aws/vendedlogs/vpn", retention=365),
    client_logs=LogGroup(name="/aws/clientvpn/connections", retention=365),
)
ARN = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/vendedlogs/vpn"
WISH = LogWish(tunnels=WISHES.tunnel_logs, clients=WISHES.client_logs, arn=ARN)
HERE = Gateway(found=CustomerGateway(id="cgw-1", ip_address="198.51.100.7"))
STRONG = ActiveStatus(
    ike_version="ikev2",
    phase1_encryption="AES256",
    phase1_integrity="SHA2-256",
    phase1_dh_group=14,
    phase2_encryption="AES256",
    phase2_integrity="SHA2-256",
    phase2_dh_group=14,
)


def tunnel(outside_ip: str = A, status: TunnelStatus = UP, **options: Any) -> Tunnel:
    return Tunnel(
        outside_ip=outside_ip,
        status=status,
        accepted_routes=3 if status is UP else 0,
        options=TunnelOptions(**options),
    )


def connection(*tunnels: Tunnel, name: str = "vpn-0a", **more: Any) -> VpnConnection:
    fields: dict[str, Any] = {
        "id": name,
        "target": TARGET,
        "state": "available",
        "customer_gateway_id": "cgw-1",
        "gateway_id": "tgw-1",
        "routing": Routing.BGP,
        "tunnels": tunnels or (tunnel(A), tunnel(B)),
        "observed_at": NOW,
        **more,
    }
    return VpnConnection(**fields)


def subject(of: VpnConnection, **more: Any) -> Subject:
    fields: dict[str, Any] = {
        "gateway": HERE,
        "active": {each.outside_ip: STRONG for each in of.tunnels if each.status is UP},
        "replacements": {each.outside_ip: Replacement() for each in of.tunnels},
        **more,
    }
    return Subject(connection=of, **fields)


def planned(
    *subjects: Subject, only: tuple[str, ...] = (), wishes: Wishes = WISHES, **more: Any
) -> Plan:
    given: dict[str, Any] = {"endpoints": (), "present": {}, "made_at": NOW, **more}
    return plan(subjects, given.pop("endpoints"), chosen(only, ()), wishes, **given)
