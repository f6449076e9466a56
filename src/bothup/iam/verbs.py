"""Which modules each verb calls AWS through; what they may need, they declare as PERMISSIONS."""

import difflib
import importlib
from collections.abc import Iterable
from typing import Literal

import msgspec

from bothup.aws.collect.kinds import module_of
from bothup.errors import UsageError


class Purpose(msgspec.Struct, frozen=True):
    """Something that a verb does on AWS; `sid` names its statement in a policy.

    `where` tells in which account: in each that is read, or in the one whose credentials are at
    hand, there to assume the role of the others (`role`) or to list them (`org`). `alarms` is in
    each that is read, for alarms that are bothup's by their names. `declared` is what the module
    calls its actions.
    """

    sid: str
    module: str
    where: Literal["read", "role", "org", "alarms"] = "read"
    declared: str = "PERMISSIONS"

    @property
    def actions(self) -> list[str]:
        """The IAM actions that the module declares, sorted."""
        return sorted(getattr(importlib.import_module(self.module), self.declared))


# Finding the connections, and the reasons why they are down.
_EVIDENCE = (
    Purpose("FindEnabledRegions", "bothup.aws.account"),
    Purpose("ReadVpnConnections", "bothup.aws.collect.vpn_connections"),
    Purpose("ReadCustomerGateways", "bothup.aws.collect.customer_gateways"),
    Purpose("ReadTunnelStatus", "bothup.aws.collect.tunnel_status"),
    Purpose("ReadAttachments", "bothup.aws.collect.attachment"),
    Purpose("ReadTunnelLogs", "bothup.aws.collect.tunnel_logs"),
    Purpose("ReadTunnelMetrics", "bothup.aws.collect.tunnel_metrics"),
    Purpose("FindChanges", "bothup.aws.collect.changes"),
    Purpose("ReadHealthEvents", "bothup.aws.collect.health"),
    Purpose("AssumeReadingRole", "bothup.aws.roles", "role"),
    Purpose("ListAccounts", "bothup.aws.organization", "org"),
)

_CONNECTIONS = Purpose("ReadVpnConnections", "bothup.aws.collect.vpn_connections")
_SCAN = (
    Purpose("FindEnabledRegions", "bothup.aws.account"),
    _CONNECTIONS,
    Purpose("AssumeReadingRole", "bothup.aws.roles", "role"),
    Purpose("ListAccounts", "bothup.aws.organization", "org"),
)
_HUB = Purpose("ReadFindings", "bothup.aws.collect.hub_findings")
_ALARMS = "bothup.aws.collect.alarms"
# What there is of alarms, and whose they are.
_READING_ALARMS = (
    Purpose("FindEnabledRegions", "bothup.aws.account"),
    Purpose("ReadVpnConnections", "bothup.aws.collect.vpn_connections"),
    Purpose("ReadAlarms", _ALARMS),
    Purpose("ReadAlarmTags", _ALARMS, declared="TAG_PERMISSIONS"),
    Purpose("ReadTopics", "bothup.aws.collect.topics"),
    Purpose("AssumeReadingRole", "bothup.aws.roles", "role"),
    Purpose("ListAccounts", "bothup.aws.organization", "org"),
)

VERBS = {
    "scan": _SCAN,
    "scan-cost": (*_SCAN, Purpose("ReadTraffic", "bothup.aws.collect.traffic")),
    "plan": (
        Purpose("FindEnabledRegions", "bothup.aws.account"),
        Purpose("ReadVpnConnections", "bothup.aws.collect.vpn_connections"),
        Purpose("ReadCustomerGateways", "bothup.aws.collect.customer_gateways"),
        Purpose("ReadTunnelStatus", "bothup.aws.collect.tunnel_status"),
        Purpose("ReadClientVpnEndpoints", "bothup.aws.collect.client_vpn_endpoints"),
        Purpose("ReadLogGroups", "bothup.aws.collect.log_groups"),
        Purpose("AssumeReadingRole", "bothup.aws.roles", "role"),
        Purpose("ListAccounts", "bothup.aws.organization", "org"),
    ),
    "alarms": _READING_ALARMS,
    "alarms-apply": (
        *_READING_ALARMS,
        Purpose("PutAlarms", "bothup.aws.change.metric_alarm", "alarms"),
        Purpose("PutCompositeAlarms", "bothup.aws.change.composite_alarm", "alarms"),
        Purpose("DeleteAlarms", "bothup.aws.change.alarm_deletion", "alarms"),
    ),
    "alarms-drill": (
        *_READING_ALARMS,
        Purpose("ReadAlarmHistory", "bothup.aws.collect.alarm_history"),
        Purpose("ReadSubscriptions", "bothup.aws.collect.topics", declared="ENDPOINT_PERMISSIONS"),
        Purpose("RingAlarms", "bothup.aws.change.alarm_state", "alarms"),
    ),
    "keepalive": (
        Purpose("FindEnabledRegions", "bothup.aws.account"),
        Purpose("ReadVpnConnections", "bothup.aws.collect.vpn_connections"),
        Purpose("ReadSubnets", "bothup.aws.collect.probe_sources"),
        Purpose("ReadMonitors", "bothup.aws.collect.monitors"),
        Purpose("AssumeReadingRole", "bothup.aws.roles", "role"),
        Purpose("ListAccounts", "bothup.aws.organization", "org"),
    ),
    "diagnose": _EVIDENCE,
    "collect": _EVIDENCE,
    "findings-import": (
        *_SCAN,
        _HUB,
        Purpose("ImportFindings", "bothup.aws.change.import_findings"),
    ),
    "findings-enrich": (
        *_SCAN,
        _HUB,
        Purpose("AnnotateFindings", "bothup.aws.change.annotate_findings"),
    ),
    "findings-compare": (*_SCAN, _HUB),
    "config-rule": (
        _CONNECTIONS,
        Purpose("ReadEvaluations", "bothup.aws.collect.evaluations"),
        Purpose("PutEvaluations", "bothup.aws.change.put_evaluations"),
        Purpose("AssumeReadingRole", "bothup.aws.roles", "role"),
    ),
}

# Verbs that read what the chosen controls need.
JUDGING = (
    *("scan", "scan-cost", "findings-import", "findings-enrich", "findings-compare"),
    "config-rule",
)


def purposes(verb: str, kinds: Iterable[type] = ()) -> tuple[Purpose, ...]:
    """List what a verb does on AWS, `kinds` being what one that judges reads to do so.

    Raises UsageError for a verb that does nothing there.
    """
    if verb in JUDGING and (wanted := sorted(map(module_of, kinds))):
        reading = [Purpose(_sid(module), module) for module in dict.fromkeys(wanted)]
        at = VERBS[verb].index(_CONNECTIONS)
        return (*VERBS[verb][:at], *reading, *VERBS[verb][at + 1 :])
    if verb in VERBS:
        return VERBS[verb]
    near = difflib.get_close_matches(verb, VERBS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"these do: {', '.join(VERBS)}"
    raise UsageError(f"no verb that calls AWS is called {verb!r}; {hint}")


def _sid(module: str) -> str:
    """Name a statement after the module: vpn_connections gives ReadVpnConnections."""
    return "Read" + "".join(word.capitalize() for word in module.rpartition(".")[2].split("_"))
