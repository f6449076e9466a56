"""A plan's window as a bash function that says whether it is open."""

import shlex
from collections.abc import Iterator
from datetime import time

from bothup.model.window import Window, parse_window


def guard(text: str | None) -> Iterator[str]:
    """Yield `in_window`, which is true whenever a step may start."""
    if text is None:
        yield "\nin_window() { return 0; } # any time\n"
        return
    window = parse_window(text)
    yield f"\nin_window() {{ # {window.text}\n  local day hour\n"
    yield f"  day=$(TZ={shlex.quote(window.zone)} date +%u)\n"
    yield f"  hour=$((10#$(TZ={shlex.quote(window.zone)} date +%H%M)))\n"
    for days, test in _openings(window):
        listed = "|".join(str(day + 1) for day in sorted(days))
        yield f"  case $day in {listed}) if {test}; then return 0; fi ;; esac\n"
    yield "  return 1\n}\n"


def _openings(window: Window) -> Iterator[tuple[frozenset[int], str]]:
    start, end = _number(window.start), _number(window.end)
    if window.end > window.start:
        yield window.days, f"((hour >= {start} && hour < {end}))"
        return
    yield window.days, f"((hour >= {start}))"
    yield frozenset((day + 1) % 7 for day in window.days), f"((hour < {end}))"


def _number(moment: time) -> int:
    return moment.hour * 100 + moment.minute
