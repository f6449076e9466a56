"""Render: log lines in the two forms that LogOutputFormat knows.

The names of the members are the user guide's. It does not show the text form: here it has the
values of the JSON form in their order, the readable time first.
"""

import json
from datetime import datetime

from bothup.sim.evidence.activity import Line
from bothup.sim.evidence.bgp import BgpLine
from bothup.sim.evidence.scene import Scene
from bothup.sim.evidence.times import millis


def render_activity(scene: Scene, line: Line, form: str) -> str:
    """A line of the activity log."""
    dpd = scene.tunnel.options.get("DpdTimeoutAction") != "none"
    nat = scene.tunnel.device.nat or scene.connection.accelerated
    if form == "text":
        flags = f"{str(dpd).lower()} {str(nat).lower()}"
        return f"{_readable(line.time)} {flags} {line.phase1} {line.phase2} {line.details}"
    members = {
        "event_timestamp": millis(line.time),
        "timestamp": _readable(line.time),
        "dpd_enabled": dpd,
        "nat_t_detected": nat,
        "ike_phase1_state": line.phase1,
        "ike_phase2_state": line.phase2,
        "details": line.details,
    }
    return json.dumps(members)


def render_bgp(scene: Scene, line: BgpLine, form: str) -> str:
    """A line of the BGP log."""
    resource = f"{scene.connection.id}_{scene.tunnel.outside_ip}"
    if form == "text":
        said = line.message.get("details") if line.type == "BGPStatus" else None
        told = said or " ".join(f"{name}={value}" for name, value in line.message.items())
        return f"{_readable(line.time)} {resource} {line.type} {line.status} {told}"
    members = {
        "resource_id": resource,
        "event_timestamp": millis(line.time),
        "timestamp": _readable(line.time),
        "type": line.type,
        "status": line.status,
        "message": line.message,
    }
    return json.dumps(members)


def _readable(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}.{time.microsecond // 1000:03d}Z"
