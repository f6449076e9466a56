"""Hub: the findings that Security Hub CSPM holds, for each account and Region.

AWS's own findings of EC2.20 are there from the first look: as a Config rule that runs half a day
late saw the tunnels, and never brought up to date after that.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from bothup.sim.vpn import Place, SimConnection

Finding = dict[str, Any]

LATE = timedelta(hours=12)
_NOT_JUDGED = frozenset({"pending", "deleting", "deleted"})
# What belongs to the customer: a product that sends a finding again does not change it.
_CUSTOMERS = ("Note", "UserDefinedFields", "VerificationState", "Workflow")


@dataclass(slots=True)
class _Failing:
    ids: str
    code: str
    times: int


class Hub:
    """One Security Hub for each account and Region; findings are known by product and id."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], dict[tuple[str, str], Finding]] = {}
        self._failing: list[_Failing] = []

    def findings(
        self, account: str, region: str, place: Place, now: datetime
    ) -> dict[tuple[str, str], Finding]:
        """What an account has in a Region."""
        where = account, region
        if where not in self._held:
            own = (_own(each, now) for each in place.connections.values() if _judged(each))
            self._held[where] = {(each["ProductArn"], each["Id"]): each for each in own}
        return self._held[where]

    def fail(self, ids: str, code: str = "InternalError", times: int = 1) -> None:
        """Have the next imports of findings whose ids fit the glob fail, so many times."""
        self._failing.append(_Failing(ids, code, times))

    def failure(self, name: str) -> str | None:
        """The code with which the import of a finding fails now, None if it does not."""
        for each in self._failing:
            if each.times and fnmatchcase(name, each.ids):
                each.times -= 1
                return each.code
        return None


def renewed(known: Finding | None, sent: Finding) -> Finding:
    """A finding as it is held once a product has sent it."""
    kept = {name: known[name] for name in _CUSTOMERS if name in known} if known else {}
    severity = sent.get("FindingProviderFields", {}).get("Severity", {"Label": "INFORMATIONAL"})
    first = {"Workflow": {"Status": "NEW"}, "RecordState": "ACTIVE", "Severity": severity}
    return {**first, **sent, **kept}


def _judged(connection: SimConnection) -> bool:
    return connection.state not in _NOT_JUDGED


def _own(connection: SimConnection, now: datetime) -> Finding:
    seen = now - LATE
    down = any(not each.now.up and each.changed <= seen for each in connection.tunnels)
    region, account = connection.region, connection.account
    arn = f"arn:aws:ec2:{region}:{account}:vpn-connection/{connection.id}"
    name = uuid.uuid5(uuid.NAMESPACE_URL, arn)
    hub = f"arn:aws:securityhub:{region}"
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"{hub}:{account}:security-control/EC2.20/finding/{name}",
        "ProductArn": f"{hub}::product/aws/securityhub",
        "ProductName": "Security Hub",
        "GeneratorId": "security-control/EC2.20",
        "AwsAccountId": account,
        "Region": region,
        "CreatedAt": _time(connection.created),
        "UpdatedAt": _time(seen),
        "Title": "Both VPN tunnels for an AWS Site-to-Site VPN connection should be up",
        "Description": "Checks whether both tunnels of a connection are up.",
        "Severity": {"Label": "MEDIUM" if down else "INFORMATIONAL"},
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
        "Compliance": {
            "Status": "FAILED" if down else "PASSED",
            "SecurityControlId": "EC2.20",
        },
        "Resources": [{"Type": "AwsEc2VpnConnection", "Id": arn, "Region": region}],
        "Workflow": {"Status": "NEW" if down else "RESOLVED"},
        "RecordState": "ACTIVE",
    }


def matching(findings: Iterator[Finding], filters: dict[str, Any]) -> Iterator[Finding]:
    """The findings that fit every filter, each of which is a list of which one must fit."""
    for finding in findings:
        if all(
            any(_fits(value, each) for each in said for value in _values(finding, name))
            for name, said in filters.items()
        ):
            yield finding


def _values(finding: Finding, name: str) -> list[str]:
    """The values of a finding that a filter is about; raises KeyError for one not simulated."""
    compliance = finding.get("Compliance", {})
    if name == "ResourceId":
        return [each["Id"] for each in finding["Resources"]]
    found = {
        "ComplianceSecurityControlId": compliance.get("SecurityControlId"),
        "ComplianceStatus": compliance.get("Status"),
        **{
            each: finding.get(each)
            for each in ("Id", "ProductArn", "GeneratorId", "AwsAccountId", "Region", "RecordState")
        },
    }[name]
    return [] if found is None else [found]


def _fits(value: str, said: dict[str, str]) -> bool:
    wanted = said["Value"]
    match said["Comparison"]:
        case "EQUALS":
            return value == wanted
        case "PREFIX":
            return value.startswith(wanted)
        case "NOT_EQUALS":
            return value != wanted
    raise KeyError(said["Comparison"])


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
