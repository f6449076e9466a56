"""The causes, found by looking into their room: a file there is a cause."""

import difflib
import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType

import msgspec

from bothup import causes
from bothup.engine.page import Page, page
from bothup.errors import UsageError
from bothup.model.cause import Cause, Sign

DO_ON_AWS = "What to do on AWS"
DO_ON_DEVICE = "What to do on the device"
SECTIONS = ("What it is", "How it shows", DO_ON_AWS, DO_ON_DEVICE, "How to be sure")

_ITEM = re.compile(r"^(?:- |\d+\. )", re.MULTILINE)


class Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """One cause, ready to be asked.

    `evidence` maps the names of the parameters of `signs` to the types of evidence they declare.
    """

    cause: Cause
    page: Page
    signs: Callable[..., Iterator[Sign]]
    evidence: dict[str, type]

    def advice(self, section: str) -> tuple[str, ...]:
        """Give the items of one of the page's lists, each on one line."""
        text = self.page.sections.get(section, "")
        items = (" ".join(item.split()) for item in _ITEM.split(text))
        return tuple(item for item in items if item)


@cache
def suspects() -> tuple[Suspect, ...]:
    """Load every cause, in the order of the ids."""
    names = (info.name for info in pkgutil.iter_modules(causes.__path__))
    loaded = (_load(name) for name in names if not name.startswith("_"))
    return tuple(sorted(loaded, key=lambda each: each.cause.id))


def suspect(cause_id: str) -> Suspect:
    """Load one cause by its id; raises UsageError, with the nearest id, if there is none."""
    known = {each.cause.id: each for each in suspects()}
    if found := known.get(cause_id.lower()):
        return found
    near = difflib.get_close_matches(cause_id.lower(), known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    raise UsageError(f"no cause is called {cause_id!r}; {hint}")


def _load(name: str) -> Suspect:
    module: ModuleType = importlib.import_module(f"{causes.__name__}.{name}")
    signs = module.signs
    hints = typing.get_type_hints(signs)
    evidence = {each: hints[each] for each in inspect.signature(signs).parameters}
    return Suspect(cause=module.CAUSE, page=page(module), signs=signs, evidence=evidence)
