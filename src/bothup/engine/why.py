"""Why: a diagnosis beside the findings that it explains."""

from collections.abc import Iterable, Iterator

import msgspec

from bothup.model.connection import TunnelStatus
from bothup.model.diagnosis import CauseVerdict, Certainty, Diagnosis, TunnelDiagnosis
from bothup.model.finding import Finding, FoundCause, Status

TUNNELS = "EC2.20"
_SURE = frozenset({Certainty.CONFIRMED, Certainty.LIKELY})
_NO_CAUSE = frozenset({"healthy", "unknown"})


def with_causes(findings: Iterable[Finding], diagnoses: Iterable[Diagnosis]) -> tuple[Finding, ...]:
    """Give each failed finding on tunnels the causes that a diagnosis found for it.

    A diagnosis of a tunnel that has changed since explains another outage, and is left out.
    """
    known = {(each.account, each.region, each.connection): each for each in diagnoses}
    return tuple(_explained(each, known) for each in findings)


def _explained(
    finding: Finding, known: dict[tuple[str | None, str | None, str], Diagnosis]
) -> Finding:
    if finding.control != TUNNELS or finding.status is not Status.FAILED:
        return finding
    where = finding.account, finding.region, finding.resource.id
    diagnosis = known.get(where) or known.get((None, None, finding.resource.id))
    if diagnosis is None:
        return finding
    return msgspec.structs.replace(finding, causes=tuple(_causes(finding, diagnosis)))


def _causes(finding: Finding, diagnosis: Diagnosis) -> Iterator[FoundCause]:
    by_address = {each.outside_ip: each for each in diagnosis.tunnels if each.outside_ip}
    told: set[str] = set()
    current = False
    for tunnel in finding.tunnels or ():
        found = by_address.get(tunnel.outside_ip)
        if found is None or tunnel.status is TunnelStatus.UP:
            continue
        if found.last_status_change != tunnel.last_status_change:
            continue
        current = True
        likely = _likely(found)
        told |= {each.id for each in likely}
        yield from (_found(each, tunnel.outside_ip) for each in likely)
    for each in diagnosis.connection_causes if current else ():
        if each.verdict in _SURE and each.id not in _NO_CAUSE | told:
            yield _found(each, None)


def _likely(tunnel: TunnelDiagnosis) -> list[CauseVerdict]:
    """Choose the causes that are sure, else the best one, if anything speaks for one."""
    named = [each for each in tunnel.causes if each.id not in _NO_CAUSE]
    sure = [each for each in named if each.verdict in _SURE]
    possible = [each for each in named if each.verdict is Certainty.POSSIBLE]
    return sure or possible[:1]


def _found(cause: CauseVerdict, tunnel: str | None) -> FoundCause:
    return FoundCause(
        tunnel=tunnel,
        id=cause.id,
        title=cause.title,
        verdict=cause.verdict,
        score=cause.score,
        do_on_aws=cause.do_on_aws,
        do_on_device=cause.do_on_device,
    )
