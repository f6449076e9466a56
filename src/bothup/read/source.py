"""Whatever a person has at hand, a file or what another command printed, to one Document."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from bothup.errors import InputError
from bothup.model.connection import Malformed, VpnConnection
from bothup.model.finding import Finding
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.read.described import refused, unreadable
from bothup.read.encoding import utf8
from bothup.read.findings import cut_off
from bothup.read.foreign import foreign_text, separated_values
from bothup.read.forms import ACCEPTED, read_document
from bothup.read.items import Aside, Item, LookedFor, NotOurs, Origin, placed
from bothup.read.json_text import BadJson, BadLine, Piece, json_pieces
from bothup.read.places import line_and_column

_HEAD = 2000


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What an input holds: connections to judge, findings already judged, coverage, remarks.

    `controls` are those by which every scan in it judged, None where one of them does not say.
    """

    connections: tuple[VpnConnection | Malformed, ...] = ()
    findings: tuple[Finding, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    controls: tuple[str, ...] | None = None
    notices: tuple[str, ...] = ()


def read_input(
    data: bytes,
    source: str,
    *,
    account: str | None = None,
    region: str | None = None,
    now: datetime,
) -> Document:
    """Read any accepted form; `account` and `region` hold where the input does not say.

    `source` names the input in errors; `now` is when it was true, where it does not say. Raises
    InputError, with the place, for what is no accepted form; a bad record among good ones is a
    Malformed instead.
    """
    text = utf8(data, source)
    if not text or text.isspace():
        raise InputError(source, "", "nothing in it", ACCEPTED)
    origin = Origin(Target(account=account, region=region), now)
    pieces, remarks = _pieces(text, source)
    return _document([*_items(pieces, source, origin), *remarks], origin.target)


def _pieces(text: bytes, source: str) -> tuple[list[Piece] | list[Piece | BadLine], list[Aside]]:
    try:
        return json_pieces(text), []
    except BadJson as bad:
        begin = text[bad.begin : bad.begin + _HEAD]
        if found := foreign_text(begin):
            raise InputError(source, line_and_column(text, bad.begin), *found) from None
        if text.lstrip().startswith((b"{", b"[")):
            place = line_and_column(text, bad.offset)
            raise InputError(source, place, bad.problem, bad.expected) from None
    if separated_values(text[:_HEAD]):
        raise InputError(source, "line 1", "comma- or tab-separated values", ACCEPTED)
    # The AWS CLI ends what it writes with a line break, so much is told by a text without one.
    remarks = [] if text.endswith(b"\n") else [Aside.YAML_CUT]
    return _yaml_pieces(text, source), remarks


def _yaml_pieces(text: bytes, source: str) -> list[Piece]:
    from bothup.read.yaml_text import BadYaml, yaml_pieces  # PyYAML is slow to load

    try:
        return yaml_pieces(text.decode())
    except UnicodeDecodeError as error:
        place = line_and_column(text, error.start)
        raise InputError(source, place, "not UTF-8", "JSON or YAML") from None
    except BadYaml as bad:
        raise InputError(source, bad.where, bad.problem, ACCEPTED) from None


def _items(pieces: list[Piece] | list[Piece | BadLine], source: str, origin: Origin) -> list[Item]:
    """Read all documents; where none at all is good, raises InputError for the first."""
    items: list[Item] = []
    refusals: list[tuple[int, NotOurs]] = []
    for piece in pieces:
        if isinstance(piece, BadLine):
            items.append(unreadable(piece.text, origin, f"line {piece.line}: {piece.problem}"))
            continue
        try:
            read = read_document(piece.raw, origin)
            items += placed(read, f"line {piece.line}") if len(pieces) > 1 else read
        except NotOurs as refusal:
            refusals.append((piece.line, refusal))
            items.append(refused(piece.raw, origin, f"line {piece.line}: {refusal}"))
    if len(refusals) == sum(isinstance(piece, Piece) for piece in pieces):
        raise _refusal(refusals, len(pieces), source)
    return items


def _refusal(refusals: list[tuple[int, NotOurs]], pieces: int, source: str) -> InputError:
    if not refusals:
        return InputError(source, "", "no document in it", ACCEPTED)
    line, refusal = refusals[0]
    where = refusal.path if pieces == 1 else f"line {line}, {refusal.path}"
    return InputError(source, where, refusal.found, refusal.expected)


def _document(items: list[Item], given: Target) -> Document:
    asides = Counter(item for item in items if isinstance(item, Aside))
    connections = tuple(item for item in items if isinstance(item, VpnConnection | Malformed))
    coverage = [item for item in items if isinstance(item, Coverage)]
    if asides[Aside.SCAN_BEGINS] > asides[Aside.SCAN_ENDS]:
        coverage.append(cut_off())
    if asides[Aside.ONE_PAGE]:
        coverage.append(_lacking(given, "the input is one page of several; more follow elsewhere"))
    if asides[Aside.YAML_CUT]:
        coverage.append(_lacking(given, "the YAML ends within a line: it was probably cut off"))
    if asides[Aside.NO_CONNECTION]:
        coverage.append(_lacking(given, "an evidence bundle holds no connection"))
    findings = tuple(item for item in items if isinstance(item, Finding))
    said: list[Target | Finding] = [*(each.target for each in connections), *findings]
    return Document(
        connections=connections,
        findings=findings,
        coverage=tuple(coverage),
        controls=_looked_for([item for item in items if isinstance(item, LookedFor)]),
        notices=(
            *_remarks(asides),
            *_repeated(connections, findings),
            *_contradictions(said, given),
        ),
    )


def _looked_for(scopes: Sequence[LookedFor]) -> tuple[str, ...] | None:
    """Give what all scans looked for: of what only some did, the others have nothing to say."""
    told = [each.controls for each in scopes]
    if not told or not all(told):
        return None
    return tuple(name for name in told[0] if all(name in others for others in told))


def _lacking(given: Target, message: str) -> Coverage:
    return Coverage(
        account=given.account, region=given.region, status=CoverageStatus.FAILED, message=message
    )


def _remarks(asides: Counter[Aside]) -> Iterator[str]:
    for aside, (one, several) in _REMARKS.items():
        if count := asides[aside]:
            yield one if count == 1 else f"{count} {several}"


_REMARKS = {
    Aside.OTHER_TYPE: (
        "1 item of another resource type passed over",
        "items of other resource types passed over",
    ),
    Aside.NO_CONNECTION: (
        "1 evidence bundle holds no connection",
        "evidence bundles hold no connection",
    ),
    Aside.ONE_PAGE: (
        "the input is one page of several: what follows (NextToken) is missing",
        "documents are one page of several: what follows them (NextToken) is missing",
    ),
}


def _repeated(
    connections: Sequence[VpnConnection | Malformed], findings: Sequence[Finding]
) -> Iterator[str]:
    """Yield a remark where the same was put in twice; AWS Config's history is no repetition."""
    records = {(each.target, each.id, each.observed_at) for each in connections}
    ids = {each.id for each in findings}
    for more, word in (
        (len(connections) - len(records), "record"),
        (len(findings) - len(ids), "finding"),
    ):
        if more:
            verb = "repeats another" if more == 1 else "repeat others"
            words = word if more == 1 else f"{word}s"
            yield f"{more} {words} of the input {verb}: the worst counts, and counts once"


def _contradictions(said: Sequence[Target | Finding], given: Target) -> Iterator[str]:
    """Yield a remark for each label that the input contradicts: the input wins."""
    for label, told in (("account", given.account), ("region", given.region)):
        if told is None:
            continue
        if others := sum(getattr(each, label) not in (None, told) for each in said):
            word = "record says" if others == 1 else "records say"
            yield f"{label} {told} was given, but {others} {word} otherwise: the input wins"
