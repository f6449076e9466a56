"""One file per form of a diagnosis; the file's name is the form's name. Nothing to register.

A form's file has `render(found, look)`, which yields the pieces of the document's text. Forms for
people share what `_outline` chooses to show; none of them judges anything.
"""

from collections.abc import Callable, Iterator

import msgspec

from bothup.model.diagnosis import Diagnosis
from bothup.model.target import Coverage
from bothup.report._formats import names, render_of
from bothup.report._look import Look


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of `bothup diagnose` found; `unread` are Targets that could not be read."""

    diagnoses: tuple[Diagnosis, ...]
    unread: tuple[Coverage, ...] = ()


Render = Callable[[Found, Look], Iterator[str]]


def forms() -> tuple[str, ...]:
    """Name every form, without importing any."""
    return names(__path__)


def renderer(name: str) -> Render:
    """Load one form by its name; raise UsageError, with the nearest name, if there is none."""
    render: Render = render_of(__name__, __path__, name, "a diagnosis has no form called")
    return render
