"""What alarms a connection wants: its loss at once, that of each tunnel once it lasts.

A tunnel is given three values to come back in, so that an endpoint's replacement wakes nobody; a
connection is lost with the first. With composite alarms, the tunnels' alarms speak through one
that is mute while the connection's own rings.
"""

from collections.abc import Iterator

import msgspec

from bothup.alarms.here import Here
from bothup.alarms.rings import LESS
from bothup.alarms.routes import Route
from bothup.alarms.scope import Kind, Scope
from bothup.model.alarm import NAMESPACE, STATE, Dimensions
from bothup.model.connection import VpnConnection
from bothup.model.target import Target
from bothup.model.tunnel_settings import Settings

_CONSOLES = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
# How many values in a row make it ring.
COUNTS = {Kind.LOST: 1, Kind.DEGRADED: 3}
_STATISTICS = {Kind.LOST: "Maximum", Kind.DEGRADED: "Minimum"}


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for: where each alarm goes, and whether composite alarms are wanted.

    `foreign` are names of alarms that are not bothup's own and may be changed all the same.
    """

    routes: tuple[Route, ...] = ()
    composite: bool = False
    foreign: frozenset[str] = frozenset()


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm as it should be; `needs` are the alarms in its rule."""

    scope: Scope
    target: Target
    composite: bool = False
    settings: Settings
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The alarm's name."""
        return self.scope.name


def metric_alarm(
    connection: VpnConnection, scope: Scope, here: Here, actions: tuple[str, ...]
) -> Wanted:
    """Make the alarm for a connection's loss, or for that of one of its tunnels."""
    count = COUNTS[scope.kind]
    return Wanted(
        scope=scope,
        target=connection.target,
        settings={
            **_acting(connection, scope, actions),
            "Namespace": NAMESPACE,
            "MetricName": STATE,
            "Dimensions": as_list(here.series(connection.id, scope.tunnel)),
            "Statistic": _STATISTICS[scope.kind],
            "Period": here.spacing(connection.id),
            "EvaluationPeriods": count,
            "DatapointsToAlarm": count,
            "Threshold": 1.0,
            "ComparisonOperator": LESS,
            "TreatMissingData": "breaching",
        },
    )


def composite_alarm(
    connection: VpnConnection,
    tunnels: tuple[Scope, ...],
    lost: str,
    here: Here,
    actions: tuple[str, ...],
) -> Wanted:
    """Make the alarm that speaks for those of the tunnels, unless the one with ARN `lost` rings."""
    scope = Scope(connection.id, Kind.DEGRADED)
    names = tuple(each.name for each in tunnels)
    return Wanted(
        scope=scope,
        target=connection.target,
        composite=True,
        settings={
            **_acting(connection, scope, actions),
            "AlarmRule": " OR ".join(f'ALARM("{name}")' for name in names),
            "ActionsSuppressor": lost,
            "ActionsSuppressorWaitPeriod": here.spacing(connection.id),
            "ActionsSuppressorExtensionPeriod": here.spacing(connection.id),
        },
        needs=names,
    )


def arn_of(target: Target, name: str) -> str:
    """Give the ARN of an alarm."""
    return f"arn:{target.partition}:cloudwatch:{target.region}:{target.account}:alarm:{name}"


def console(connection: VpnConnection) -> str:
    """Give the address of the connection's page in the AWS console."""
    region = connection.target.region or ""
    host = _CONSOLES.get(connection.target.partition, "console.aws.amazon.com")
    page = f"#VpnConnectionDetails:VpnConnectionId={connection.id}"
    return f"https://{region}.{host}/vpcconsole/home?region={region}{page}"


def as_list(dimensions: Dimensions) -> list[dict[str, str]]:
    """Write dimensions as AWS takes them."""
    return [{"Name": name, "Value": value} for name, value in dimensions]


def _acting(connection: VpnConnection, scope: Scope, actions: tuple[str, ...]) -> Settings:
    return {
        "ActionsEnabled": True,
        "AlarmActions": list(actions),
        "OKActions": list(actions),
        "InsufficientDataActions": [],
        "AlarmDescription": "".join(_description(connection, scope)),
    }


def _description(connection: VpnConnection, scope: Scope) -> Iterator[str]:
    """What somebody who is paged reads: which connection and tunnel, where, and a link."""
    name = connection.tags.get("Name")
    which = f"{name} ({connection.id})" if name else connection.id
    where = f"account {connection.target.account}, {connection.target.region}"
    if scope.kind is Kind.LOST:
        yield f"VPN connection {which} is lost: no tunnel is up. "
    elif scope.tunnel:
        yield f"Tunnel {scope.tunnel} of VPN connection {which} is down. "
    else:
        yield f"A tunnel of VPN connection {which} is down: "
        yield f"{' or '.join(each.outside_ip for each in connection.tunnels)}. "
    yield f"In {where}: {console(connection)}"
