"""Plan: an ordered, reviewable list of Steps, with the state that they were made for
(`bothup.plan/1`).
"""

import enum
import hashlib
from datetime import datetime
from typing import Any, Literal

import msgspec

from bothup.model.connection import Routing, Tunnel, TunnelStatus, VpnConnection
from bothup.model.scan import Tool
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.model.tunnel_settings import LIFECYCLE, OFF_UNLESS_SET, Settings

SCHEMA: Literal["bothup.plan/1"] = "bothup.plan/1"


class Risk(enum.StrEnum):
    """What a Step interrupts, by the state that the Plan was made for; the least first."""

    NONE = "none"
    DOWN_TUNNEL = "interrupts_down_tunnel"
    UP_TUNNEL = "interrupts_up_tunnel"
    LAST_UP_TUNNEL = "interrupts_last_up_tunnel"

    @property
    def rank(self) -> int:
        """0 for NONE up to 3 for LAST_UP_TUNNEL."""
        return list(Risk).index(self)


class Action(enum.StrEnum):
    """What a Step does, by the name that the AWS CLI has for it."""

    CREATE_LOG_GROUP = "create-log-group"
    CREATE_LOG_STREAM = "create-log-stream"
    MODIFY_TUNNEL = "modify-vpn-tunnel-options"
    REPLACE_TUNNEL = "replace-vpn-tunnel"
    MODIFY_CLIENT_VPN = "modify-client-vpn-endpoint"
    PUT_ALARM = "put-metric-alarm"
    PUT_COMPOSITE = "put-composite-alarm"
    DELETE_ALARM = "delete-alarms"
    CREATE_FLOW_LOGS = "create-flow-logs"
    DELETE_FLOW_LOGS = "delete-flow-logs"
    EBS_ENCRYPTION = "ebs-encryption-by-default"
    GROUP_RULES = "security-group-rules"
    METADATA_OPTIONS = "modify-instance-metadata-options"
    SNAPSHOT_PERMISSION = "modify-snapshot-attribute"
    SUBNET_ATTRIBUTE = "modify-subnet-attribute"
    CREATE_MONITOR = "create-monitor"
    DELETE_MONITOR = "delete-monitor"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One change, carried out as a whole or not at all.

    `remedy` names the remedies that travel in it, with "+" between them. `resource` is the id of a
    connection or endpoint, or the name of a log group, an alarm or a monitor; `tunnel` an outside
    IP. `before` and `after` hold the settings that the step names, before it (None: not set) and
    after it. `fingerprint` is that of all that it does not name. `needs` are ids of steps that must
    be done first. `interruption` is about how many seconds the tunnel is down. `in_place` is a
    change that needs no new endpoint. `assumes` are those of the preconditions that nothing proves
    or rules out.
    """

    id: str
    action: Action
    remedy: str
    account: str
    region: str
    resource: str
    tunnel: str | None = None
    why: str = ""
    before: Settings = {}
    after: Settings = {}
    risk: Risk = Risk.NONE
    interruption: int = 0
    in_place: bool = False
    preconditions: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()
    verify: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    fingerprint: str = ""

    @property
    def interrupts(self) -> bool:
        """Whether AWS replaces the tunnel's endpoint for it; `risk` says it too, for people."""
        if self.action is Action.MODIFY_TUNNEL:
            return not (self.in_place and set(self.after) == {LIFECYCLE})
        return self.action is Action.REPLACE_TUNNEL

    @property
    def target(self) -> Target:
        """The account and Region of the resource."""
        return Target(account=self.account, region=self.region)


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What a remedy would not do, why, and what would have to be done on the device first.

    `unread` says that it is not known whether there is anything to do: what would tell was not
    read, or makes no sense.
    """

    remedy: str
    account: str | None
    region: str | None
    resource: str
    tunnel: str | None = None
    reason: str
    do_on_device: tuple[str, ...] = ()
    unread: bool = False


class PlannedTunnel(msgspec.Struct, frozen=True, kw_only=True):
    """A tunnel as it was when the plan was made."""

    outside_ip: str
    status: TunnelStatus
    settings: Settings = {}


class PlannedConnection(msgspec.Struct, frozen=True, kw_only=True):
    """A connection that has steps, as it was when the plan was made; `warnings` are for people."""

    id: str
    account: str
    region: str
    name: str | None = None
    routing: Routing = Routing.UNKNOWN
    customer_gateway: str | None = None
    gateway: str | None = None
    tunnels: tuple[PlannedTunnel, ...] = ()
    warnings: tuple[str, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Steps in the order in which they are to be made, and what else a person should know.

    `window` bounds when a step may start ("Sun 02:00-04:00 Europe/Berlin"). `undoes` is the id of
    the plan that this one takes back. `notices` say what was not read or left out.
    """

    schema: Literal["bothup.plan/1"] = SCHEMA
    tool: Tool
    made_at: datetime
    window: str | None = None
    undoes: str | None = None
    coverage: tuple[Coverage, ...] = ()
    connections: tuple[PlannedConnection, ...] = ()
    steps: tuple[Step, ...] = ()
    refused: tuple[Refused, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def incomplete(self) -> bool:
        """Whether something that it was asked for could not be read, or not be judged."""
        unread = any(each.status is not CoverageStatus.READ for each in self.coverage)
        return unread or any(each.unread for each in self.refused)

    @property
    def id(self) -> str:
        """A short name made of the content: the same plan has the same."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()[:12]

    def step(self, step_id: str) -> Step:
        """Find a step by its id; raises KeyError."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


def carries(connection: VpnConnection, tunnel: Tunnel) -> bool:
    """Say whether a tunnel carries the connection: it is UP, and over BGP it has brought routes."""
    silent = connection.routing is Routing.BGP and tunnel.accepted_routes == 0
    return tunnel.status is TunnelStatus.UP and not silent


def differences(before: Settings, after: Settings) -> list[tuple[str, Any, Any]]:
    """List what differs, as (name, before, after), nested settings by their own names.

    To switch off what is off unless it is set makes no difference.
    """
    found: list[tuple[str, Any, Any]] = []
    for name in dict.fromkeys((*before, *after)):
        was, becomes = before.get(name), after.get(name)
        if isinstance(was, dict) or isinstance(becomes, dict):
            found += differences(was or {}, becomes or {})
        elif was != becomes and not (was is None and becomes is False and name in OFF_UNLESS_SET):
            found.append((name, was, becomes))
    return found
