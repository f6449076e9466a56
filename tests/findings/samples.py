"""Findings and what Security Hub holds, to try the pure parts with."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from bothup.model.connection import TunnelStatus
from bothup.model.finding import (
    Finding,
    Reason,
    Redundancy,
    Resource,
    Severity,
    Status,
    TunnelSummary,
)
from bothup.model.target import Coverage, CoverageStatus
from bothup.report.asff import security_finding

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=3)
ACCOUNT, REGION = "111122223333", "eu-west-1"
READ = Coverage(account=ACCOUNT, region=REGION, status=CoverageStatus.READ)
DENIED = msgspec.structs.replace(
    READ, status=CoverageStatus.DENIED, error_code="UnauthorizedOperation", message="no"
)


def finding(name: str = "vpn-1", status: Status = Status.FAILED, **more: Any) -> Finding:
    down = TunnelStatus.DOWN if status is Status.FAILED else TunnelStatus.UP
    made = Finding(
        id=f"bothup/EC2.20/{ACCOUNT}/{REGION}/{name}",
        control="EC2.20",
        title="Both tunnels should be up",
        severity=Severity.MEDIUM,
        status=status,
        account=ACCOUNT,
        region=REGION,
        resource=Resource(
            type="AWS::EC2::VPNConnection",
            id=name,
            arn=f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpn-connection/{name}",
        ),
        redundancy=Redundancy.DEGRADED,
        reasons=(Reason(code="tunnel-down", text="tunnel 192.0.2.1 is DOWN"),),
        tunnels=(
            TunnelSummary(outside_ip="192.0.2.1", status=down, last_status_change=SINCE),
            TunnelSummary(outside_ip="192.0.2.2", status=TunnelStatus.UP),
        ),
    )
    return msgspec.structs.replace(made, **more)


def held(name: str = "vpn-1", status: Status = Status.FAILED, **more: Any) -> dict[str, Any]:
    """A finding of bothup's as GetFindings tells it a day later, with what Security Hub adds."""
    made = security_finding(finding(name, status), NOW - timedelta(days=1))
    added = {"Workflow": {"Status": "NEW"}, "ProcessedAt": made["UpdatedAt"], "ProductName": "x"}
    return {**made, **added, **more}
