"""One log, read: which parsers it is for, and what they make of it.

The whole log is never held: it is gone through once for a sample and once for each parser that the
sample is for, mostly one.
"""

import importlib
import io
import pkgutil
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path

from bothup.errors import InputError
from bothup.model.bundle import Log, LogSource
from bothup.model.event import Event
from bothup.read.encoding import HEAD, encoding_of
from bothup.read.logs import generic
from bothup.read.logs._parser import Context, Line, LogParser
from bothup.read.logs._stamps import stamp_of
from bothup.read.logs.aws_activity import fields_of, time_in

# A log that one parser recognises in fewer lines than this is not that parser's.
_MINE = 0.04
_SAMPLE_HEAD = 400
_SAMPLE_EVERY = 401
_SAMPLE_MOST = 4000
# What a diagnosis can use of one log; the newest are kept.
_MOST_EVENTS = 20_000
# Among so many lines, at either end, one should tell its time.
_TIMED_WITHIN = 20
# In which the newest events of a busy log are looked for first.
_END = 100_000
_LONGEST_LINE = 4000
_AWS = ("aws", "aws-bgp")


class LogFile:
    """A log on disk, gone through anew each time; bytes that are no text become U+FFFD.

    `encoding` is what it turned out to be written in, once it has been gone through.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.encoding = ""

    def __iter__(self) -> Iterator[str]:
        """Give the lines; raises InputError where the file cannot be read."""
        try:
            with self._path.open("rb") as raw:
                self.encoding = encoding_of(raw.peek(HEAD)[:HEAD])
                file = io.TextIOWrapper(raw, self.encoding, errors="replace", newline="\n")
                while piece := file.readline(_LONGEST_LINE):
                    yield piece
        except OSError as error:
            problem = error.strerror or "cannot be read"
            raise InputError(str(self._path), "", problem, "a log") from None


@cache
def parsers() -> tuple[LogParser, ...]:
    """Load every parser of this folder, by the name of its file."""
    package = importlib.import_module("bothup.read.logs")
    names = (info.name for info in pkgutil.iter_modules(package.__path__))
    return tuple(
        importlib.import_module(f"bothup.read.logs.{name}")
        for name in sorted(names)
        if not name.startswith("_") and name != "generic"
    )


def vendors() -> tuple[str, ...]:
    """Name every vendor whose device logs are understood, sorted."""
    return tuple(sorted(each.VENDOR for each in parsers() if each.VENDOR not in _AWS))


def read_log(
    lines: Iterable[str],
    source: LogSource,
    *,
    vendor: str | None = None,
    name: str = "",
    tunnel: str | None = None,
    tunnels: frozenset[str] = frozenset(),
    near: datetime | None = None,
    zone: tzinfo = UTC,
) -> Log:
    """Read a log; `lines` is gone through several times, so it is a sequence or a LogFile.

    `near` (default: now) is a time that the log is about, which gives the year that syslog leaves
    out. `zone` is that of times which name none. Events of other peers than `tunnels`, where
    these are known, are left out.
    """
    context = Context(
        source=source,
        near=near or datetime.now(UTC),
        zone=zone,
        name=name or source.value,
        tunnel=tunnel,
        tunnels=tunnels,
    )
    count, start, end = _extent(lines, context)
    chosen, sure = _chosen(_sample(lines), source, vendor)
    kept, told = _newest(chosen, lines, context, count)
    if not told and not sure:
        # Nobody knows it; but what the standards name, any vendor may say.
        chosen = [generic]
        kept, told = _newest(chosen, lines, context, count)
    return Log(
        source=source,
        vendor=vendor or (chosen[0].VENDOR if chosen else None),
        tunnel=tunnel,
        name=context.name,
        events=kept,
        lines=count,
        start=start,
        end=end,
        notices=(
            *_emptiness(context, count),
            *_notices(context.name, vendor, chosen, count, told),
        ),
    )


def _newest(
    chosen: Sequence[LogParser], lines: Iterable[str], context: Context, count: int
) -> tuple[tuple[Event, ...], int]:
    """Find the newest events: the end of a busy log has as many as are used."""
    if count > _END:
        kept, told = _events(chosen, lines, context, after=count - _END)
        if told >= _MOST_EVENTS:
            return kept, told
    return _events(chosen, lines, context)


def _events(
    chosen: Sequence[LogParser], lines: Iterable[str], context: Context, after: int = 0
) -> tuple[tuple[Event, ...], int]:
    """Have each parser read the log; of two that know one line, the surer one is heard."""
    kept: list[Event] = []
    told = 0
    for parser in chosen:
        heard = {event.line for event in kept}
        own: deque[Event] = deque(maxlen=_MOST_EVENTS)
        for event in parser.parse(_numbered(lines, after), context):
            foreign = context.tunnels and event.tunnel and event.tunnel not in context.tunnels
            if not foreign and event.line not in heard:
                told += 1
                own.append(event)
        kept += own
    if len(chosen) > 1:
        kept.sort(key=lambda event: event.line)
    return tuple(kept[-_MOST_EVENTS:]), told


def _sample(lines: Iterable[str]) -> list[str]:
    """Take the first lines, and later ones here and there."""
    sample: list[str] = []
    for number, line in enumerate(lines):
        if line.strip() and (number < _SAMPLE_HEAD or number % _SAMPLE_EVERY == 0):
            sample.append(line[:_LONGEST_LINE].rstrip("\r\n"))
            if len(sample) >= _SAMPLE_MOST:
                break
    return sample


def _chosen(
    sample: Sequence[str], source: LogSource, vendor: str | None
) -> tuple[list[LogParser], bool]:
    """Find the parsers that a sample is for, the surest first, and whether it looks like theirs.

    Where it looks like nobody's, the vendor that it is said to be of counts.
    """
    of_aws = source is not LogSource.DEVICE
    possible = [each for each in parsers() if (each.VENDOR in _AWS) == of_aws]
    sure = {each.VENDOR: each.detect(sample) for each in possible}
    chosen = [each for each in possible if sure[each.VENDOR] >= _MINE]
    chosen.sort(key=lambda each: -sure[each.VENDOR])
    if chosen or of_aws:
        return chosen, True
    return [each for each in possible if vendor and vendor.lower() in _names(each)], False


def _names(parser: LogParser) -> tuple[str, ...]:
    return (parser.VENDOR, *getattr(parser, "ALIASES", ()))


def _numbered(lines: Iterable[str], after: int) -> Iterator[Line]:
    for number, line in enumerate(lines, 1):
        if number > after and line and not line.isspace():
            yield number, line.rstrip("\r\n")[:_LONGEST_LINE]


def _extent(lines: Iterable[str], context: Context) -> tuple[int, datetime | None, datetime | None]:
    """Count the lines and find the first and the last time."""
    count = 0
    first: list[str] = []
    last: deque[str] = deque(maxlen=_TIMED_WITHIN)
    for line in lines:
        if line and not line.isspace():
            count += 1
            if count <= _TIMED_WITHIN:
                first.append(line)
            last.append(line)

    def earliest(found: Iterable[str]) -> datetime | None:
        return next((time for line in found if (time := _time(line, context))), None)

    return count, earliest(first), earliest(reversed(last))


def _time(line: str, context: Context) -> datetime | None:
    if line.lstrip().startswith("{"):
        return time_in(fields_of(line))
    return stamp_of(line, context.near, context.zone)


def _emptiness(context: Context, count: int) -> Iterator[str]:
    """A log of AWS's may be silent; a device's file without a line is the wrong file."""
    if not count and context.source is LogSource.DEVICE:
        yield f"{context.name}: the log is empty"


def _notices(
    name: str, vendor: str | None, chosen: Sequence[LogParser], count: int, told: int
) -> Iterator[str]:
    if count and not told:
        yield f"{name}: nothing in its {count} lines is understood" + (
            f" as {vendor}'s" if vendor else ""
        )
    elif vendor and chosen and chosen[0] is not generic:
        names = {each for parser in chosen for each in _names(parser)}
        if vendor.lower() not in names and vendor.lower() in set(vendors()):
            yield f"{name}: said to be {vendor}'s, but it reads like {chosen[0].VENDOR}'s"
        elif vendor.lower() not in names | {each for one in parsers() for each in _names(one)}:
            yield f"{name}: no vendor {vendor!r} is known; it reads like {chosen[0].VENDOR}'s"
    if told >= _MOST_EVENTS:
        yield f"{name}: of the events in its {count} lines the newest {_MOST_EVENTS} are used"
