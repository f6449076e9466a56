"""Network Synthetic Monitor's calls that make, tell and delete a monitor; nothing is measured.

Source: Network Synthetic Monitor API Reference (2023-08-01) and its user guide, "Quotas".
"""

import re
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.refusal import Refusal

Params = dict[str, Any]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,200}")
_SUBNET = re.compile(r"arn:[\w-]+:ec2:[\w-]+:\d{12}:subnet/subnet-\w+")
_PERIODS = (30, 60)
_MOST_PROBES = 24
_SMALLEST, _LARGEST = 56, 8500


def create_monitor(context: Context, params: Params) -> Params:
    """Make a monitor with its probes; a name is there once in an account and Region."""
    name = params["monitorName"]
    probes = params.get("probes") or []
    if not _NAME.fullmatch(name):
        raise _invalid("monitorName must match [a-zA-Z0-9_-]+")
    if params.get("aggregationPeriod", 60) not in _PERIODS:
        raise _invalid("aggregationPeriod must be 30 or 60")
    if len(probes) > _MOST_PROBES:
        raise Refusal("ServiceQuotaExceededException", f"a monitor has {_MOST_PROBES} probes", 402)
    for probe in probes:
        _check(probe)
    key = context.caller.account, context.region, name
    if key in context.world.records.monitors:
        raise Refusal("ConflictException", f"Monitor {name} already exists", 409)
    now = context.world.clock.now()
    where = f"arn:aws:networkmonitor:{context.region}:{context.caller.account}"
    made = {
        "monitorArn": f"{where}:monitor/{name}",
        "monitorName": name,
        "state": "ACTIVE",
        "aggregationPeriod": params.get("aggregationPeriod", 60),
        "tags": params.get("tags") or {},
    }
    shown = [_probe(each, number, now) for number, each in enumerate(probes)]
    context.world.records.monitors[key] = {
        **made,
        "probes": shown,
        "createdAt": now,
        "modifiedAt": now,
    }
    return made


def get_monitor(context: Context, params: Params) -> Params:
    """A monitor with its probes."""
    return context.world.records.monitors[_key(context, params)]


def delete_monitor(context: Context, params: Params) -> Params:
    """Delete a monitor and its probes."""
    del context.world.records.monitors[_key(context, params)]
    return {}


def _key(context: Context, params: Params) -> tuple[str, str, str]:
    key = context.caller.account, context.region, params["monitorName"]
    if key not in context.world.records.monitors:
        raise Refusal("ResourceNotFoundException", f"Monitor {key[2]} does not exist", 404)
    return key


def _check(probe: Params) -> None:
    if not _SUBNET.fullmatch(probe["sourceArn"]):
        raise _invalid("sourceArn must be the ARN of a subnet")
    if probe["protocol"] == "TCP" and not probe.get("destinationPort"):
        raise _invalid("destinationPort is required for TCP")
    if not _SMALLEST <= probe.get("packetSize", _SMALLEST) <= _LARGEST:
        raise _invalid(f"packetSize must be {_SMALLEST} to {_LARGEST}")


def _probe(said: Params, number: int, now: Any) -> Params:
    tags = {"tags": said["probeTags"]} if said.get("probeTags") else {}
    kept = {name: value for name, value in said.items() if name != "probeTags"}
    return {
        **kept,
        **tags,
        "probeId": f"probe-{number:021d}",
        "addressFamily": "IPV4",
        "state": "ACTIVE",
        "createdAt": now,
        "modifiedAt": now,
    }


def _invalid(why: str) -> Refusal:
    return Refusal("ValidationException", why, 400)


MONITORS: dict[str, Operation] = {
    "CreateMonitor": create_monitor,
    "GetMonitor": get_monitor,
    "DeleteMonitor": delete_monitor,
}
