"""One file per output format; the file's name is the format's name. Nothing to register.

A format's file has `render(scan, look)`, which yields the pieces of the document's text. Formats
show values as they are; they judge nothing.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Iterator

from bothup.errors import UsageError
from bothup.model.scan import Scan
from bothup.report._look import Look

Render = Callable[[Scan, Look], Iterator[str]]


def formats() -> tuple[str, ...]:
    """Name every output format, without importing any."""
    names = (info.name for info in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def renderer(name: str) -> Render:
    """Load one format by its name; raise UsageError, with the nearest name, if there is none."""
    if name not in formats():
        near = difflib.get_close_matches(name, formats(), n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(formats())}"
        raise UsageError(f"no output format is called {name!r}; {hint}")
    render: Render = importlib.import_module(f"{__name__}.{name}").render
    return render
