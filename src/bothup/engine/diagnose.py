"""From a bundle of evidence to a Diagnosis: every cause asked, every clue weighed, none left out.

All causes are asked for each tunnel with whatever evidence they declare; what they answer is
weighed by `engine/weights.py`. What holds for every tunnel that is in trouble holds for the
connection.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from bothup.engine.causes import DO_ON_AWS, DO_ON_DEVICE, Suspect, suspects
from bothup.engine.compare import compare
from bothup.engine.missing import fill, missing_evidence, of_tunnel
from bothup.engine.stories import stories
from bothup.engine.weighing import certainty, combined, weigh
from bothup.engine.weights import POSSIBLE
from bothup.model.bundle import (
    ActiveStatus,
    Bundle,
    Change,
    CustomerGateway,
    LogSource,
    Series,
)
from bothup.model.cause import Scope
from bothup.model.comparison import Compared, Comparison
from bothup.model.connection import Malformed, Tunnel, TunnelStatus, VpnConnection
from bothup.model.diagnosis import (
    CauseVerdict,
    Certainty,
    Diagnosis,
    EvidenceKind,
    TunnelDiagnosis,
)
from bothup.model.story import AwsBgpStory, AwsStory, DeviceBgpStory, DeviceStory
from bothup.model.surroundings import (
    Attachments,
    Changes,
    History,
    Maintenance,
    SameGateway,
    Siblings,
)

UNKNOWN = "unknown"
HEALTHY = "healthy"
# How many of the leading causes may ask for more evidence.
_ASKING = 3
_RANK = {
    Certainty.CONFIRMED: 0,
    Certainty.LIKELY: 1,
    Certainty.POSSIBLE: 2,
    Certainty.RULED_OUT: 3,
}


def diagnose(bundle: Bundle, *, now: datetime) -> Diagnosis:
    """Rank all causes for each tunnel and for the connection; `now` is the time of the verdict.

    A bundle without a readable connection is diagnosed from what its logs tell.
    """
    connection = _connection(bundle, now)
    tunnels = _tunnels(bundle, connection)
    nameless = all(not tunnel.outside_ip for tunnel in tunnels)
    found = [_of_tunnel(bundle, connection, tunnels, each, nameless=nameless) for each in tunnels]
    common = tuple(_common(connection, found))
    return Diagnosis(
        connection=connection.id,
        account=connection.target.account,
        region=connection.target.region,
        diagnosed_at=now,
        tunnels=tuple(
            _with_its_own(bundle, each, tunnel, tunnels)
            for each, tunnel in zip(found, tunnels, strict=True)
        ),
        connection_causes=common,
        missing_evidence=tuple(
            dict.fromkeys(one for each in found for one in each.missing_evidence)
        ),
        notices=tuple(_notices(bundle)),
    )


def _with_its_own(
    bundle: Bundle, found: TunnelDiagnosis, tunnel: Tunnel, tunnels: Sequence[Tunnel]
) -> TunnelDiagnosis:
    """Leave a tunnel the missing evidence that concerns it alone."""
    own = (each for each in found.missing_evidence if of_tunnel(bundle, each, tunnel, tunnels))
    return msgspec.structs.replace(found, missing_evidence=tuple(own))


def _connection(bundle: Bundle, now: datetime) -> VpnConnection:
    if isinstance(bundle.connection, VpnConnection):
        return bundle.connection
    known = bundle.connection.id if isinstance(bundle.connection, Malformed) else "?"
    return VpnConnection(id=known, target=bundle.target, observed_at=bundle.collected_at or now)


def _tunnels(bundle: Bundle, connection: VpnConnection) -> tuple[Tunnel, ...]:
    """Give the tunnels to diagnose: those AWS tells, else those the logs are about, else one."""
    if connection.tunnels:
        return connection.tunnels
    named = {log.tunnel for log in bundle.logs if log.tunnel}
    if not named:
        named = {
            event.tunnel
            for log in bundle.logs
            for event in log.events
            if event.tunnel and log.source is not LogSource.DEVICE
        }
    return tuple(
        Tunnel(outside_ip=address, status=TunnelStatus.UNKNOWN) for address in sorted(named or {""})
    )


def _notices(bundle: Bundle) -> Iterator[str]:
    yield from bundle.problems
    if isinstance(bundle.connection, Malformed):
        yield f"connection: {bundle.connection.problem}"
    for log in bundle.logs:
        yield from log.notices
    for config in bundle.device_config:
        yield from (f"{config.source}: {notice}" for notice in config.notices)


# One tunnel


def _of_tunnel(
    bundle: Bundle,
    connection: VpnConnection,
    tunnels: Sequence[Tunnel],
    tunnel: Tunnel,
    *,
    nameless: bool,
) -> TunnelDiagnosis:
    evidence = _evidence(bundle, connection, tunnels, tunnel, nameless=nameless)
    verdicts = [_verdict(each, evidence, connection, tunnel) for each in suspects()]
    ranked = _ranked([each for each in verdicts if each is not None], connection, tunnel)
    wanted = _wanted(ranked, tunnel)
    return TunnelDiagnosis(
        outside_ip=tunnel.outside_ip,
        status=tunnel.status,
        status_message=tunnel.status_message,
        last_status_change=tunnel.last_status_change,
        causes=tuple(ranked),
        missing_evidence=tuple(missing_evidence(bundle, connection, tunnel, wanted)),
        settings=_settings(evidence[Comparison]),
    )


def _settings(comparison: object) -> tuple[Compared, ...]:
    return comparison.settings if isinstance(comparison, Comparison) else ()


def _evidence(
    bundle: Bundle,
    connection: VpnConnection,
    tunnels: Sequence[Tunnel],
    tunnel: Tunnel,
    *,
    nameless: bool,
) -> dict[type, object]:
    """Gather everything that a cause may declare, by type."""
    told = stories(bundle, tunnel, nameless=nameless)
    gateway = bundle.customer_gateway or CustomerGateway()
    address = tunnel.outside_ip
    return {
        VpnConnection: connection,
        Tunnel: tunnel,
        AwsStory: told.aws,
        DeviceStory: told.device,
        AwsBgpStory: told.aws_bgp,
        DeviceBgpStory: told.device_bgp,
        Comparison: compare(bundle.device_config, connection, tunnels, tunnel, gateway),
        CustomerGateway: gateway,
        ActiveStatus: bundle.active.get(address, ActiveStatus()),
        Siblings: Siblings(tunnels=tuple(each for each in tunnels if each is not tunnel)),
        SameGateway: SameGateway(
            present="same_gateway" in bundle.has, connections=bundle.same_gateway
        ),
        Attachments: Attachments(
            present="attachments" in bundle.has, attachments=bundle.attachments
        ),
        History: _history(bundle.metrics, address),
        Changes: _changes(bundle),
        Maintenance: Maintenance(
            replacement=bundle.replacements.get(address), health=bundle.health
        ),
    }


def _changes(bundle: Bundle) -> Changes:
    """Give the changes; where some could not be read, none found is no sign that there is none."""
    lacking = any(each.kind is EvidenceKind.CHANGES for each in bundle.missing)
    known = "changes" in bundle.has and not lacking
    return Changes(present=known, changes=_in_order(bundle.changes))


def _in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    timed = [each for each in changes if each.time]
    return tuple(sorted(timed, key=_when))


def _when(change: Change) -> float:
    return change.time.timestamp() if change.time else 0.0


def _history(metrics: Iterable[Series], address: str) -> History:
    own = [series for series in metrics if series.tunnel == address]

    def points(name: str) -> tuple[tuple[datetime, float], ...]:
        return tuple(
            sorted(point for series in own if series.name == name for point in series.points)
        )

    return History(
        state=points("TunnelState"),
        data_in=points("TunnelDataIn"),
        data_out=points("TunnelDataOut"),
        period=timedelta(seconds=own[0].period) if own else timedelta(minutes=5),
    )


def _verdict(
    suspect: Suspect, evidence: dict[type, object], connection: VpnConnection, tunnel: Tunnel
) -> CauseVerdict | None:
    """Ask one cause and weigh its answer; None where it has nothing to say."""
    signs = suspect.signs(*(evidence[kind] for kind in suspect.evidence.values()))
    known = weigh(suspect.cause.id, signs)
    if not known:
        return None
    clues = sorted((each.clue for each in known), key=lambda clue: -abs(clue.weight))
    score = combined(clues)
    # Health is never proven, and nothing keeps a tunnel down that is UP.
    confirmable = suspect.cause.id != HEALTHY and tunnel.status is not TunnelStatus.UP
    return CauseVerdict(
        id=suspect.cause.id,
        title=suspect.page.title,
        verdict=certainty(score, known, confirmable=confirmable),
        score=round(score, 3),
        clues=tuple(clues),
        do_on_aws=tuple(fill(each, connection, tunnel) for each in suspect.advice(DO_ON_AWS)),
        do_on_device=tuple(fill(each, connection, tunnel) for each in suspect.advice(DO_ON_DEVICE)),
    )


def _ranked(
    verdicts: list[CauseVerdict], connection: VpnConnection, tunnel: Tunnel
) -> list[CauseVerdict]:
    """Order the causes, best first, with `unknown` where none is even possible."""
    kept = [each for each in verdicts if each.score > 0 or each.verdict is Certainty.RULED_OUT]
    kept.sort(key=lambda each: (_RANK[each.verdict], -each.score, each.id))
    if any(each.score >= POSSIBLE for each in kept):
        return kept
    return [_unknown(connection, tunnel), *kept]


def _unknown(connection: VpnConnection, tunnel: Tunnel) -> CauseVerdict:
    found = next(each for each in suspects() if each.cause.id == UNKNOWN)
    return CauseVerdict(
        id=UNKNOWN,
        title=found.page.title,
        verdict=Certainty.POSSIBLE,
        score=0.0,
        do_on_aws=tuple(fill(each, connection, tunnel) for each in found.advice(DO_ON_AWS)),
        do_on_device=tuple(fill(each, connection, tunnel) for each in found.advice(DO_ON_DEVICE)),
    )


def _wanted(ranked: Sequence[CauseVerdict], tunnel: Tunnel) -> Iterator[EvidenceKind]:
    """Yield the evidence that would settle the leading causes; nothing once one is confirmed."""
    if not ranked or ranked[0].verdict is Certainty.CONFIRMED:
        return
    if ranked[0].id == HEALTHY and tunnel.status is TunnelStatus.UP:
        return
    if tunnel.reported_status is None:
        yield EvidenceKind.TELEMETRY
    by_id = {each.cause.id: each.cause for each in suspects()}
    for verdict in ranked[:_ASKING]:
        if verdict.verdict is not Certainty.RULED_OUT:
            yield from by_id[verdict.id].settled_by


# The connection


def _common(connection: VpnConnection, found: Sequence[TunnelDiagnosis]) -> Iterator[CauseVerdict]:
    """Yield what holds for every tunnel in trouble, best first.

    Where only one of several is in trouble, only causes that concern a whole connection count.
    """
    troubled = [each for each in found if each.status is not TunnelStatus.UP] or list(found)
    scope = {each.cause.id: each.cause.scope for each in suspects()}
    alone = len(troubled) < len(found)
    lifted = [
        weakest
        for weakest in _weakest(troubled)
        if not alone or scope[weakest.id] is Scope.CONNECTION
    ]
    ranked = _ranked(lifted, connection, Tunnel(outside_ip="", status=TunnelStatus.UNKNOWN))
    yield from ranked if lifted and not alone else lifted


def _weakest(found: Sequence[TunnelDiagnosis]) -> Iterator[CauseVerdict]:
    """Yield each cause that all tunnels have, as the tunnel has it where it is weakest."""
    first, *others = ({each.id: each for each in one.causes} for one in found)
    for name, verdict in first.items():
        same = [verdict, *(other[name] for other in others if name in other)]
        if len(same) == len(found) and name != UNKNOWN:
            yield min(same, key=lambda each: each.score)
