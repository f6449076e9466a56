"""Disagreement: where Security Hub's findings say other than what is seen live, and how old they
are. AWS's own come from a Config rule that may notice a change a day late."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from bothup.model.finding import Finding, Status
from bothup.report._look import TUNNELS, tunnels
from bothup.report.asff import Asff, resource_id


class Kind(enum.StrEnum):
    """In what way they disagree."""

    STATUS = "status"
    MISSING = "missing"
    GONE = "gone"


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """One resource on which they disagree.

    `live` is None for a resource that is gone, `held` for one that Security Hub has no finding on.
    `live_since` is when a tunnel last changed, `updated_at` when the finding did.
    """

    kind: Kind
    control: str
    account: str | None
    region: str | None
    resource: str
    name: str | None = None
    live: Status | None = None
    live_since: datetime | None = None
    held: str | None = None
    product: str | None = None
    workflow: str | None = None
    updated_at: datetime | None = None


# To Security Hub, not applicable and could not be evaluated are one.
_AGREE = {
    Status.PASSED: frozenset({"PASSED"}),
    Status.FAILED: frozenset({"FAILED"}),
    Status.NOT_AVAILABLE: frozenset({"NOT_AVAILABLE", "WARNING"}),
    Status.NOT_APPLICABLE: frozenset({"NOT_AVAILABLE"}),
}


def disagreements(findings: Iterable[Finding], held: Iterable[Asff]) -> Iterator[Disagreement]:
    """Compare the findings of one Target with the ACTIVE ones that its Security Hub holds."""
    by_resource: defaultdict[tuple[str, str], list[Asff]] = defaultdict(list)
    for each in held:
        control = each.get("Compliance", {}).get("SecurityControlId", "")
        for resource in each.get("Resources", ()):
            by_resource[resource.get("Id", ""), control].append(each)
    for finding in findings:
        known = by_resource.pop((resource_id(finding), finding.control), [])
        yield from _on(finding, known)
    for (resource, control), rest in by_resource.items():
        yield from (_gone(each, resource, control) for each in rest)


def _on(finding: Finding, known: list[Asff]) -> Iterator[Disagreement]:
    if not known and finding.status is not Status.NOT_APPLICABLE:
        yield _live(finding, Kind.MISSING, {})
    for each in known:
        if each.get("Compliance", {}).get("Status") not in _AGREE[finding.status]:
            yield _live(finding, Kind.STATUS, _told(each))


def _live(finding: Finding, kind: Kind, told: Asff) -> Disagreement:
    about = tunnels(finding) if finding.control == TUNNELS else ()
    changed = [each.last_status_change for each in about if each.last_status_change]
    return Disagreement(
        kind=kind,
        control=finding.control,
        account=finding.account,
        region=finding.region,
        resource=finding.resource.id,
        name=finding.resource.name,
        live=finding.status,
        live_since=max(changed, default=None),
        **told,
    )


def _gone(held: Asff, resource: str, control: str) -> Disagreement:
    return Disagreement(
        kind=Kind.GONE,
        control=control,
        account=held.get("AwsAccountId"),
        region=held.get("Region"),
        resource=resource.rpartition("/")[2],
        **_told(held),
    )


def _told(held: Asff) -> Asff:
    return {
        "held": held.get("Compliance", {}).get("Status"),
        "product": held.get("ProductArn", "").rpartition("product/")[2] or None,
        "workflow": held.get("Workflow", {}).get("Status"),
        "updated_at": _moment(held.get("UpdatedAt")),
    }


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
