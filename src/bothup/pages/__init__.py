"""One file per form of a diagnosis; the file's name is the form's name. Nothing to register.

A form's file has `render(found, look)`, which yields the pieces of the document's text. Forms for
people share what `_outline` chooses to show; none of them judges anything.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Iterator

import msgspec

from bothup.errors import UsageError
from bothup.model.diagnosis import Diagnosis
from bothup.model.target import Coverage
from bothup.report._look import Look


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of `bothup diagnose` found; `unread` are Targets that could not be read."""

    diagnoses: tuple[Diagnosis, ...]
    unread: tuple[Coverage, ...] = ()


Render = Callable[[Found, Look], Iterator[str]]


def forms() -> tuple[str, ...]:
    """Name every form, without importing any."""
    names = (info.name for info in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def renderer(name: str) -> Render:
    """Load one form by its name; raise UsageError, with the nearest name, if there is none."""
    if name not in forms():
        near = difflib.get_close_matches(name, forms(), n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(forms())}"
        raise UsageError(f"a diagnosis has no form called {name!r}; {hint}")
    render: Render = importlib.import_module(f"{__name__}.{name}").render
    return render
