"""Cases: the evidence on one connection, ready to be diagnosed, from wherever it comes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec

from bothup.cli.incoming import data_of
from bothup.model.bundle import Bundle
from bothup.read.bundle import bundle_of, read_bundle
from bothup.read.encoding import utf8
from bothup.read.mask import masked

_LONGEST = 300


class _Beside(msgspec.Struct, frozen=True):
    """What `bothup collect` writes beside the evidence: notes for people, the time asked about."""

    notes: tuple[str, ...] = ()
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle, what is to be told with its diagnosis, and the time that it is about."""

    bundle: Bundle
    notes: tuple[str, ...] = ()
    time: datetime


def case_of(document: Mapping[str, Any], now: datetime) -> Case:
    """Make a case of a document that was just collected; of an empty one, a case without AWS."""
    return _case(bundle_of(document, now=now), msgspec.convert(document, _Beside), now)


def from_file(name: str, now: datetime) -> Case:
    """Read a case from a file, or from stdin for "-"; raises InputError."""
    source = "stdin" if name == "-" else name
    data = data_of(name)
    bundle = read_bundle(data, source, now=now)
    try:
        beside = msgspec.json.decode(utf8(data, source), type=_Beside)
    except msgspec.DecodeError:
        beside = _Beside()
    return _case(bundle, beside, now)


def _case(bundle: Bundle, beside: _Beside, now: datetime) -> Case:
    notes = tuple(masked(each)[:_LONGEST] for each in beside.notes)
    return Case(bundle=bundle, notes=notes, time=beside.at or bundle.collected_at or now)
