"""Samples of each vendor, and their events written as lines to compare.

A file of samples holds blocks with an empty line between: some lines of a log, then one line with
"=> " for each event, or "=> nothing".
"""

import importlib
from datetime import UTC, datetime
from pathlib import Path

from bothup.model.bundle import LogSource
from bothup.model.event import Event
from bothup.read.logs._parser import Context, LogParser

NEAR = datetime(2024, 5, 20, 12, tzinfo=UTC)
# Outside addresses of the connection's two tunnels.
TUNNELS = frozenset({"203.0.113.9", "203.0.113.77"})
MODULES = ("cisco_asa", "cisco_ios", "fortigate", "juniper", "paloalto", "pfsense")

Sample = tuple[str, list[str]]
_MARK = "=> "


def parser(module: str) -> LogParser:
    """Load one vendor's parser."""
    found: LogParser = importlib.import_module(f"bothup.read.logs.{module}")
    return found


def samples(module: str) -> list[Sample]:
    """Read a vendor's samples: the log's lines, and the events that they are."""
    text = (Path(__file__).parent / "samples" / f"{module}.txt").read_text()
    return [_sample(block) for block in text.split("\n\n") if not block.startswith("#")]


def _sample(block: str) -> Sample:
    lines = block.strip("\n").split("\n")
    log = [line for line in lines if not line.startswith(_MARK)]
    wanted = [line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)]
    assert wanted, block
    return "\n".join(log), [] if wanted == ["nothing"] else wanted


def events(module: str, text: str) -> list[Event]:
    """Read a log with one vendor's parser."""
    context = Context(source=LogSource.DEVICE, near=NEAR, zone=UTC, name="log", tunnels=TUNNELS)
    return list(parser(module).parse(enumerate(text.split("\n"), 1), context))


def told(event: Event) -> str:
    """Write an event: kind, phase, direction, role, details by name, and the tunnel after "@"."""
    words = [
        event.kind,
        event.phase,
        event.direction,
        event.role,
        *(f"{name}={value}" for name, value in sorted(event.details.items())),
        f"@{event.tunnel}" if event.tunnel else "",
    ]
    return " ".join(word for word in words if word)
