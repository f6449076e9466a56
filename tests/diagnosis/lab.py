"""Evidence as two IKE daemons would leave it, put together line by line.

The texts are charon's, pluto's and AWS's; addresses are from the documentation ranges.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEGIN = datetime(2026, 11, 22, 9, tzinfo=UTC)
AWS, DEVICE, OTHER = "203.0.113.11", "192.0.2.10", "198.51.100.22"

INIT = (
    f"IKE: initiating IKE_SA tunnel1[1] to {AWS}",
    "ENC: generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]",
    f"NET: sending packet: from {DEVICE}[500] to {AWS}[500] (304 bytes)",
)
ANSWERED = (
    f"NET: received packet: from {AWS}[500] to {DEVICE}[500] (312 bytes)",
    "ENC: parsed IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]",
)
AUTH = (
    f"IKE: authentication of '{DEVICE}' (myself) with pre-shared key",
    "IKE: establishing CHILD_SA tunnel1{1}",
    "ENC: generating IKE_AUTH request 1 [ IDi IDr AUTH SA TSi TSr ]",
    f"NET: sending packet: from {DEVICE}[4500] to {AWS}[4500] (288 bytes)",
)
BELIEVED = (
    "ENC: parsed IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]",
    f"IKE: authentication of '{AWS}' with pre-shared key successful",
    f"IKE: IKE_SA tunnel1[1] established between {DEVICE}[{DEVICE}]...{AWS}[{AWS}]",
)
CHILD = (
    (
        "IKE: CHILD_SA tunnel1{1} established with SPIs c0000001_i c0000002_o and TS "
        "0.0.0.0/0 === 0.0.0.0/0"
    ),
)
UP = (*INIT, *ANSWERED, *AUTH, *BELIEVED, *CHILD)
REFUSED_AUTH = (
    "ENC: parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]",
    "IKE: received AUTHENTICATION_FAILED notify error",
)


def retransmits(message: int, *, gives_up: bool = True) -> tuple[str, ...]:
    """Repeat a request in vain."""
    lines = [f"IKE: retransmit {n} of request with message ID {message}" for n in (1, 2, 3)]
    return (*lines, *(["IKE: giving up after 3 retransmits"] if gives_up else []))


NO_ANSWER = (*retransmits(0), "IKE: establishing IKE_SA failed, peer not responding")


def charon(*lines: str, step: float = 1.0) -> dict[str, Any]:
    """Make a log of charon's messages, each with its group in front."""
    stamped = []
    for number, line in enumerate(lines):
        group, _, text = line.partition(": ")
        at = BEGIN + timedelta(seconds=step * number)
        tag = "" if group in ("JOB", "DMN") else "<tunnel1|1> "
        stamped.append(f"{at:%Y-%m-%dT%H:%M:%S}.000 09[{group}] {tag}{text}")
    return {"source": "device", "vendor": "strongswan", "tunnel": AWS, "lines": stamped}


def pluto(*lines: str, step: float = 1.0) -> dict[str, Any]:
    """Make a log of pluto's messages through syslog."""
    stamped = [
        f"{BEGIN + timedelta(seconds=step * number):%b %e %H:%M:%S} gw pluto[811]: {line}"
        for number, line in enumerate(lines)
    ]
    return {"source": "device", "vendor": "libreswan", "tunnel": AWS, "lines": stamped}


def activity(
    *details: str, phase1: str = "negotiating", phase2: str = "down", nat: bool = False
) -> dict[str, Any]:
    """Make AWS's activity log; no line at all is a log that is on and silent."""
    lines = []
    for number, text in enumerate(details):
        at = BEGIN + timedelta(seconds=10 + number)
        lines.append(
            f'{{"event_timestamp": {int(at.timestamp())}, "dpd_enabled": true, '
            f'"nat_t_detected": {str(nat).lower()}, "ike_phase1_state": "{phase1}", '
            f'"ike_phase2_state": "{phase2}", "details": "{text}"}}'
        )
    return {"source": "aws", "tunnel": AWS, "lines": lines}


def bgp(*details: str) -> dict[str, Any]:
    """Make AWS's BGP log."""
    lines = [
        f'{{"resource_id": "vpn-0_{AWS}", "event_timestamp": '
        f"{int(BEGIN.timestamp() * 1000) + 1000 * number}, "
        f'"type": "BGPStatus", "status": "DOWN", "message": {{"details": "{text}"}}}}'
        for number, text in enumerate(details)
    ]
    return {"source": "aws-bgp", "tunnel": AWS, "lines": lines}


def states(*names: str) -> tuple[str, ...]:
    """Word a session that goes through these states."""
    return tuple(
        f"AWS-side peer BGP session state has changed from {earlier} to {later} "
        "with neighbor 169.254.10.2"
        for earlier, later in pairwise(names)
    )


def bird(*lines: str) -> dict[str, Any]:
    """Make a log of BIRD's."""
    stamped = [
        f"{BEGIN + timedelta(seconds=number):%Y-%m-%d %H:%M:%S}.000 {line}"
        for number, line in enumerate(lines)
    ]
    return {"source": "device", "vendor": "bird", "lines": stamped}


def connection(
    status: str | None = "DOWN",
    message: str = "IPSEC IS DOWN",
    *,
    static: bool = True,
    sibling: str = "UP",
    options: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Make an item of DescribeVpnConnections; no status is no telemetry."""
    found: dict[str, Any] = {
        "VpnConnectionId": "vpn-0123456789abcdef0",
        "State": "available",
        "Options": {
            "StaticRoutesOnly": static,
            "TunnelOptions": [{"OutsideIpAddress": AWS, **(options or {})},
                              {"OutsideIpAddress": OTHER}],
        },
        **more,
    }  # fmt: skip
    if status is not None:
        changed = BEGIN.isoformat()
        other = "IPSEC IS UP" if sibling == "UP" else "IPSEC IS DOWN"
        found["VgwTelemetry"] = [
            {"OutsideIpAddress": OTHER, "Status": sibling, "StatusMessage": other,
             "LastStatusChange": changed},
            {"OutsideIpAddress": AWS, "Status": status, "StatusMessage": message,
             "LastStatusChange": changed},
        ]  # fmt: skip
    return found


def evidence(
    logs: Sequence[dict[str, Any]] = (), told: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """Put a bundle together; without a connection nothing is known of AWS's side."""
    bundle: dict[str, Any] = {
        "schema": "bothup.evidence/1",
        "collected_at": NOW.isoformat(),
        "connection": told or {"VpnConnectionId": "vpn-0123456789abcdef0"},
        "logs": list(logs),
        **more,
    }
    return bundle


def swanctl(**settings: str) -> list[dict[str, str]]:
    """Make the device's configuration with both tunnels, changed in what is named."""
    known = {
        "version": "2",
        "proposals": "aes256-sha256-modp2048",
        "esp": "aes256-sha256-modp2048",
        "auth": "psk",
        "local_id": DEVICE,
        "remote_id": AWS,
        "local_ts": "0.0.0.0/0",
        **settings,
    }
    tunnels = "".join(
        _tunnel(name, address, {**known, "remote_id": known["remote_id"] if name == "tunnel1"
                                else address})
        for name, address in (("tunnel1", AWS), ("tunnel2", OTHER))
    )  # fmt: skip
    return [{"vendor": "strongswan", "text": f"connections {{\n{tunnels}}}\n"}]


def _tunnel(name: str, address: str, known: dict[str, str]) -> str:
    return (
        f"  {name} {{\n    version = {known['version']}\n    local_addrs = {DEVICE}\n"
        f"    remote_addrs = {address}\n    proposals = {known['proposals']}\n"
        f"    local {{\n      auth = {known['auth']}\n      id = {known['local_id']}\n    }}\n"
        f"    remote {{\n      auth = {known['auth']}\n      id = {known['remote_id']}\n    }}\n"
        f"    children {{\n      {name} {{\n        local_ts = {known['local_ts']}\n"
        f"        remote_ts = 0.0.0.0/0\n        esp_proposals = {known['esp']}\n"
        "      }\n    }\n  }\n"
    )


def only(lines: Iterable[str], *words: str) -> tuple[str, ...]:
    """Keep the lines that hold one of the words."""
    return tuple(line for line in lines if any(word in line for word in words))
