"""Trail: the calls that changed something, as CloudTrail records them.

Those before the simulation began are what the tunnels' pasts say must have happened: connections
created, options modified, logs turned on. Source of the form: "CloudTrail record contents" in the
AWS CloudTrail user guide. Secrets are masked the way in which CloudTrail masks EC2's.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bothup.sim.caller import Caller
from bothup.sim.ids import digest, letters
from bothup.sim.vpn import Place, SimConnection, SimTunnel

HIDDEN = "<sensitiveDataRemoved>"
_SECRETS = frozenset({"PreSharedKey", "CustomerGatewayConfiguration"})
# EC2's older calls are recorded with their parameters in lower case, newer ones under one name.
_OLD_FORM = frozenset({"CreateVpnConnection", "CreateCustomerGateway", "DeleteVpnConnection"})
_PEOPLE = ("network-operations", "terraform", "on-call")
# ModifyVpnTunnelOptions and DescribeVpnConnections spell these differently.
_ASKED_AS = {
    "DpdTimeoutSeconds": "DPDTimeoutSeconds",
    "DpdTimeoutAction": "DPDTimeoutAction",
    "IkeVersions": "IKEVersions",
}
# What options say that no call to change a tunnel's behaviour is made for.
_GIVEN = frozenset({"OutsideIpAddress", "TunnelInsideCidr", "PreSharedKey", "LogOptions"})


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One call; `resources` are pairs of CloudFormation type and id, `error` EC2's code."""

    time: datetime
    name: str
    region: str
    caller: Caller
    parameters: dict[str, Any]
    resources: tuple[tuple[str, str], ...] = ()
    source: str = "ec2.amazonaws.com"
    error: str | None = None
    error_message: str | None = None

    @property
    def id(self) -> str:
        """The record's id, in the form of a UUID."""
        told = digest("record", str(self.time), self.name, repr(self.parameters)).hex()
        return "-".join((told[:8], told[8:12], told[12:16], told[16:20], told[20:32]))


class Trail:
    """The records of every account and Region."""

    def __init__(self) -> None:
        self._records: defaultdict[tuple[str, str], list[Record]] = defaultdict(list)

    def add(self, record: Record) -> None:
        """Record a call."""
        self._records[record.caller.account, record.region].append(record)

    def of(self, account: str, region: str, place: Place) -> list[Record]:
        """The records of one account and Region, newest first."""
        told = [*_before(account, region, place), *self._records[account, region]]
        return sorted(told, key=lambda record: record.time, reverse=True)


def call_record(
    time: datetime,
    name: str,
    region: str,
    caller: Caller,
    params: dict[str, Any],
    error: tuple[str, str] | None = None,
) -> Record:
    """The record of a call of EC2 with these parameters."""
    return Record(
        time=time.replace(microsecond=0),
        name=name,
        region=region,
        caller=caller,
        parameters=_parameters(name, params),
        resources=tuple(_resources(params)),
        error=f"Client.{error[0]}" if error else None,
        error_message=error[1] if error else None,
    )


def _parameters(name: str, params: dict[str, Any]) -> dict[str, Any]:
    masked = _masked(params)
    if name in _OLD_FORM:
        return _lowered(masked)
    return {f"{name}Request": masked}


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: HIDDEN if k in _SECRETS else _masked(v) for k, v in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list | tuple) else value


def _lowered(value: dict[str, Any]) -> dict[str, Any]:
    return {
        name[:1].lower() + name[1:]: _lowered(inner) if isinstance(inner, dict) else inner
        for name, inner in value.items()
    }


def _resources(params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, kind in (
        ("VpnConnectionId", "AWS::EC2::VPNConnection"),
        ("CustomerGatewayId", "AWS::EC2::CustomerGateway"),
    ):
        if isinstance(params.get(name), str):
            yield kind, params[name]


def _before(account: str, region: str, place: Place) -> Iterator[Record]:
    """The records that the pasts of the place's connections leave."""
    for connection in place.connections.values():
        calls = [_created(connection)]
        for tunnel in connection.tunnels:
            calls += _modified(connection, tunnel)
        for time, name, params, made in calls:
            caller = _person(account, connection.id + name)
            record = call_record(time, name, region, caller, params)
            resources = (*record.resources, *(("AWS::EC2::VPNConnection", one) for one in made))
            yield msgspec.structs.replace(record, resources=resources)


_Call = tuple[datetime, str, dict[str, Any], tuple[str, ...]]


def _created(connection: SimConnection) -> _Call:
    params: dict[str, Any] = {
        "Type": "ipsec.1",
        "CustomerGatewayId": connection.customer_gateway_id,
        "Options": {"StaticRoutesOnly": not connection.bgp},
    }
    if connection.gateway_id:
        member = "TransitGatewayId" if connection.gateway_id.startswith("tgw-") else "VpnGatewayId"
        params[member] = connection.gateway_id
    return connection.created, "CreateVpnConnection", params, (connection.id,)


def _modified(connection: SimConnection, tunnel: SimTunnel) -> Iterator[_Call]:
    """The changes that took the tunnel down, and that turned its logs on after its creation."""
    past = tunnel.past

    def call(time: datetime, options: dict[str, Any]) -> _Call:
        params = {
            "VpnConnectionId": connection.id,
            "VpnTunnelOutsideIpAddress": tunnel.outside_ip,
            "TunnelOptions": options,
        }
        return time, "ModifyVpnTunnelOptions", params, ()

    if past.drop == "modified" and not past.up:
        changed = {_ASKED_AS.get(name, name): value for name, value in past.options.items()
                   if name not in _GIVEN}  # fmt: skip
        yield call(past.changed, changed or {"StartupAction": "add"})
    if past.log_options and past.logged_since > past.created + timedelta(hours=1):
        yield call(past.logged_since, {"LogOptions": {"CloudWatchLogOptions": past.log_options}})


def _person(account: str, seed: str) -> Caller:
    """Somebody of the account who made a call before the simulation began."""
    name = _PEOPLE[digest("person", seed)[0] % len(_PEOPLE)]
    return Caller(
        account=account,
        arn=f"arn:aws:iam::{account}:user/{name}",
        user_id="AIDA" + letters(17, "user", account, name),
    )
