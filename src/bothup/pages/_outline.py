"""Outline: what of a diagnosis is shown to people, and in which words; the same in every form.

Of an UP tunnel that is healthy, that is all: what would explain its last change is past. Of a
tunnel in trouble, every cause that is likely is shown with all its clues, and the best one however
weak; what else is possible, and what is ruled out, is shown with its strongest clue.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from bothup.model.comparison import Agreement, Compared, Setting
from bothup.model.connection import TunnelStatus
from bothup.model.diagnosis import (
    CauseVerdict,
    Certainty,
    Clue,
    Diagnosis,
    MissingEvidence,
    Pointer,
    TunnelDiagnosis,
)
from bothup.report._look import age, printable

HEALTHY, UNKNOWN = "healthy", "unknown"
UNNAMED = "?"
_SURE = (Certainty.CONFIRMED, Certainty.LIKELY)
# Beyond these, what is possible is not worth a line unless all is asked for.
_POSSIBLE = 4
_COUNTED = {
    Agreement.CLASHES: "cannot work together",
    Agreement.DIFFERS: "differ and work",
    Agreement.UNKNOWN: "told by one side only",
    Agreement.AGREES: "fit",
}
_LINE = re.compile(r"(?P<source>.*?), line (?P<line>\d+): (?P<text>.*)", re.DOTALL)
_DETAILS = re.compile(r'"details": ?"((?:[^"\\]|\\.)*)"')
_STAMPS = re.compile(r"^(?:\d{4}-\d\d-\d\d[T ]\S+\s+)+")
_LONGEST = 240


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """One tunnel's page, or the whole connection's; `state` is empty for the connection."""

    title: str
    status: TunnelStatus | None = None
    state: str = ""
    causes: tuple[CauseVerdict, ...] = ()
    possible: tuple[CauseVerdict, ...] = ()
    ruled_out: tuple[CauseVerdict, ...] = ()
    settings: tuple[Compared, ...] = ()
    tally: str = ""
    missing: tuple[MissingEvidence, ...] = ()
    do_on_aws: tuple[str, ...] = ()
    do_on_device: tuple[str, ...] = ()


def outlines(diagnosis: Diagnosis, *, verbose: bool) -> tuple[Outline, ...]:
    """Give a page for each tunnel, then one for the connection if there is anything to say."""
    now = diagnosis.diagnosed_at
    pages = [_of_tunnel(each, now, verbose=verbose) for each in diagnosis.tunnels]
    if not all(is_healthy(each) for each in diagnosis.tunnels):
        sure = tuple(each for each in diagnosis.connection_causes if is_sure(each))
        missing = _missing(diagnosis)
        if sure or missing:
            title = "The connection as a whole"
            pages.append(Outline(title=title, possible=sure, missing=missing))
    return tuple(pages)


def heading(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Say which connection it is, and where; a device's log alone does not tell."""
    named = diagnosis.connection if diagnosis.connection != UNNAMED else "a connection not named"
    return tuple(filter(None, (named, diagnosis.account, diagnosis.region)))


def is_healthy(tunnel: TunnelDiagnosis) -> bool:
    """Whether a tunnel is UP and nothing is known against its health."""
    healthy = any(each.id == HEALTHY and each.verdict in _SURE for each in tunnel.causes)
    return tunnel.status is TunnelStatus.UP and healthy


def is_sure(cause: CauseVerdict) -> bool:
    """Whether something is likely, or even confirmed, to be wrong."""
    return cause.verdict in _SURE and cause.id not in (HEALTHY, UNKNOWN)


def _of_tunnel(tunnel: TunnelDiagnosis, now: datetime | None, *, verbose: bool) -> Outline:
    head = Outline(
        title=f"Tunnel {printable(tunnel.outside_ip) or 'without an address'}",
        status=tunnel.status,
        state=_state(tunnel, now),
        settings=_settings(tunnel.settings, verbose=verbose),
        tally=_tally(tunnel.settings),
    )
    if is_healthy(tunnel) and not verbose:
        well = tuple(each for each in tunnel.causes if each.id == HEALTHY)
        return msgspec.structs.replace(head, causes=well)
    shown = _shown(tunnel.causes)
    possible = [
        each
        for each in tunnel.causes
        if each not in shown and each.verdict is not Certainty.RULED_OUT and each.id != UNKNOWN
    ]
    out = [each for each in tunnel.causes if _ruled_out(each)]
    return msgspec.structs.replace(
        head,
        causes=tuple(shown),
        possible=tuple(possible if verbose else possible[:_POSSIBLE]),
        ruled_out=tuple(out),
        missing=tunnel.missing_evidence,
        do_on_aws=_advice(each.do_on_aws for each in shown),
        do_on_device=_advice(each.do_on_device for each in shown),
    )


def _ruled_out(cause: CauseVerdict) -> bool:
    """That a tunnel in trouble is not healthy needs no saying."""
    return cause.verdict is Certainty.RULED_OUT and cause.id != HEALTHY


def _shown(causes: Sequence[CauseVerdict]) -> list[CauseVerdict]:
    """Choose the causes that are shown whole: those that are likely, and the best in any case."""
    if causes and causes[0].verdict is Certainty.CONFIRMED:
        return [each for each in causes if each.verdict is Certainty.CONFIRMED]
    return [each for each in causes if each.verdict in _SURE] or list(causes[:1])


def _advice(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for advice in lists for each in advice))


def _missing(diagnosis: Diagnosis) -> tuple[MissingEvidence, ...]:
    """Give what is missing of the connection as a whole."""
    own = {missing for each in diagnosis.tunnels for missing in each.missing_evidence}
    return tuple(each for each in diagnosis.missing_evidence if each not in own)


def _settings(settings: Sequence[Compared], *, verbose: bool) -> tuple[Compared, ...]:
    """Choose the settings that are shown: those that do not fit, or all that either side tells."""
    worst = (Agreement.CLASHES, Agreement.DIFFERS)
    return tuple(
        each
        for each in settings
        if each.setting is not Setting.TUNNEL and (verbose or each.agreement in worst)
    )


def _tally(settings: Sequence[Compared]) -> str:
    """Say which tunnel of the device's text it is, if any, and how many settings fit."""
    there = next((each for each in settings if each.setting is Setting.TUNNEL), None)
    if there is None or there.agreement is not Agreement.AGREES:
        return f"{there.why} [{there.config_line}]" if there else ""
    counts = Counter(each.agreement for each in settings if each is not there)
    told = ", ".join(f"{counts[each]} {_COUNTED[each]}" for each in Agreement if counts[each])
    return f"{there.device} [{there.config_line}]: {told}"


def _state(tunnel: TunnelDiagnosis, now: datetime | None) -> str:
    """Say since when, and what AWS says of it."""
    since = tunnel.last_status_change
    parts = [f"for {age(since, now)}, since {stamp(since)}" if since and now else ""]
    if tunnel.status_message is not None:
        parts.append(f"“{printable(tunnel.status_message)}”")
    return "  ".join(filter(None, parts))


# Words


def stamp(moment: datetime) -> str:
    """Write a time."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def verdict(cause: CauseVerdict) -> str:
    """Say how sure a cause is; nothing of "unknown", and "ok" of "healthy"."""
    if cause.id in (HEALTHY, UNKNOWN):
        return "ok" if cause.id == HEALTHY else ""
    return f"{cause.verdict.replace('_', ' ')}, {cause.score:.0%}"


def both(row: Compared) -> str:
    """Write a setting's two values, and what follows."""
    sides = f"AWS {row.aws or 'does not say'}; device {row.device or 'does not say'}"
    return f"{sides}: {row.why}" if row.why else sides


def title(cause: CauseVerdict) -> str:
    """Name a cause, with the id by which it is documented."""
    return f"{cause.title} ({cause.id})"


def weight(clue: Clue) -> str:
    """Write a clue's weight with its sign."""
    return f"{clue.weight:+.2f}".replace("-", "\N{MINUS SIGN}")


def source(evidence: Pointer) -> str:
    """Name the kind of a piece of evidence, and when it was."""
    kind = evidence.kind.replace("_", " ")
    return f"{kind}, {stamp(evidence.time)}" if evidence.time else kind


def where(evidence: Pointer) -> str:
    """Say where a piece of evidence stands: of which kind, when, and the field, line or window."""
    place = _pointer(evidence.pointer.removeprefix(evidence.kind).removeprefix(": "))
    return printable(f"{source(evidence)}: {place}") if place else source(evidence)


def _pointer(text: str) -> str:
    """Take a log line's message out of its fields; which entry of a bundle it is of goes."""
    found = _LINE.fullmatch(text)
    if found is None:
        return text
    line = _STAMPS.sub("", found["text"])
    if details := _DETAILS.search(line):
        line = details[1].replace('\\"', '"')
    file = "" if found["source"].startswith("logs[") else f"{found['source']}, "
    return f"{file}line {found['line']}: {line[:_LONGEST]}"


def strongest(cause: CauseVerdict) -> Clue | None:
    """Give the clue that decides: against a cause that is ruled out, for any other."""
    against = cause.verdict is Certainty.RULED_OUT
    clues = [each for each in cause.clues if (each.weight < 0) is against] or list(cause.clues)
    return clues[0] if clues else None
