"""Probing: subnets to probe from, and the monitors of Network Synthetic Monitor."""

from typing import Any

import msgspec

from bothup.model.target import Target
from bothup.model.tunnel_settings import Settings

# A monitor's name is bothup's own by its beginning; there is one for each connection.
MONITOR_PREFIX = "bothup-"
MONITOR_SETTINGS = frozenset({"aggregationPeriod", "probes"})
_PROBE = ("sourceArn", "destination", "protocol", "destinationPort", "packetSize")


class Subnet(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A subnet of a VPC that is attached to what a connection ends on.

    `ipv4` and `ipv6` are whether it has addresses of either.
    """

    id: str
    arn: str
    vpc: str
    ipv4: bool = True
    ipv6: bool = False


class Monitor(msgspec.Struct, frozen=True, kw_only=True):
    """A monitor as it is; `settings` are those that CreateMonitor takes, without name and tags."""

    name: str
    target: Target
    state: str = ""
    settings: Settings = {}


def monitor_settings(period: Any, probes: list[dict[str, Any]]) -> Settings:
    """Write a monitor's settings so that equal ones are equal: probes in order, only what is set.

    CreateMonitor and GetMonitor call a probe's members by the same names (Network Synthetic
    Monitor API Reference).
    """
    kept = [
        {name: probe[name] for name in _PROBE if probe.get(name) is not None} for probe in probes
    ]
    return {"aggregationPeriod": period, "probes": sorted(kept, key=_place)}


def _place(probe: dict[str, Any]) -> tuple[str, str]:
    return probe.get("sourceArn", ""), probe.get("destination", "")
