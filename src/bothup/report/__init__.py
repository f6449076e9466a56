"""One file per output format; the file's name is the format's name. Nothing to register.

A format's file has `render(scan, look)`, which yields the pieces of the document's text. Formats
show values as they are; they judge nothing.
"""

from collections.abc import Callable, Iterator

from bothup.model.scan import Scan
from bothup.report._formats import names, render_of
from bothup.report._look import Look

Render = Callable[[Scan, Look], Iterator[str]]


def formats() -> tuple[str, ...]:
    """Name every output format, without importing any."""
    return names(__path__)


def renderer(name: str) -> Render:
    """Load one format by its name; raise UsageError, with the nearest name, if there is none."""
    render: Render = render_of(__name__, __path__, name, "no output format is called")
    return render
