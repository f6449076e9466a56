"""Formats found by looking into their room: a file there is a format, and has a `render`."""

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any

from bothup.errors import UsageError


def names(path: Iterable[str]) -> tuple[str, ...]:
    """Name every format of a room, without importing any."""
    found = (info.name for info in pkgutil.iter_modules(path))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def render_of(room: str, path: Iterable[str], name: str, complaint: str) -> Any:
    """Load one format's `render`; raises UsageError, with the complaint and the nearest name."""
    known = names(path)
    if name not in known:
        import difflib  # for a mistake alone

        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
        raise UsageError(f"{complaint} {name!r}; {hint}")
    return importlib.import_module(f"{room}.{name}").render
