"""One file per form of a Plan; the file's name is the form's name. Nothing to register.

A form's file has `render(plan, look)`, which yields the pieces of the document's text.
"""

from collections.abc import Callable, Iterator

from bothup.model.plan import Plan
from bothup.report._formats import names, render_of
from bothup.report._look import Look

Render = Callable[[Plan, Look], Iterator[str]]


def forms() -> tuple[str, ...]:
    """Name every form, without importing any."""
    return names(__path__)


def renderer(name: str) -> Render:
    """Load one form by its name; raise UsageError, with the nearest name, if there is none."""
    render: Render = render_of(__name__, __path__, name, "a plan has no form called")
    return render
