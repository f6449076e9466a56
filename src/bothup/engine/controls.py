"""The controls, found by looking into their room: a file there is a control."""

import difflib
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterable
from types import ModuleType

import msgspec

from bothup import controls
from bothup.engine.page import Page, page
from bothup.errors import UsageError
from bothup.model.control import Control
from bothup.model.finding import Verdict


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One control, ready to use.

    `evidence` maps the names of `judge`'s parameters to the types of evidence they declare.
    """

    control: Control
    page: Page
    judge: Callable[..., Verdict]
    evidence: dict[str, type]

    @property
    def subject(self) -> type:
        """The type of the resource that the control judges: its first parameter."""
        return next(iter(self.evidence.values()))


def rules() -> tuple[Rule, ...]:
    """Load every control, in the order of their ids."""
    names = (info.name for info in pkgutil.iter_modules(controls.__path__))
    return tuple(sorted((_load(name) for name in names), key=lambda rule: _order(rule.control.id)))


def rule(control_id: str) -> Rule:
    """Load one control by its id, whatever its case; the others are not imported.

    Raises UsageError, with the nearest id, if there is none.
    """
    names = [info.name for info in pkgutil.iter_modules(controls.__path__)]
    name = control_id.lower().replace(".", "_")
    if name in names:
        return _load(name)
    known = [_load(name).control.id for name in names]
    near = difflib.get_close_matches(control_id.upper(), known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known))}"
    raise UsageError(f"no control is called {control_id!r}; {hint}")


def select(wanted: Iterable[str]) -> tuple[Rule, ...]:
    """Load the controls that ids and group names stand for; `all` is every control.

    Raises UsageError for a name that is neither.
    """
    chosen: dict[str, Rule] = {}
    for name in wanted:
        group = [each for each in rules() if name == "all" or name.lower() in each.control.groups]
        for each in group or [rule(name)]:
            chosen[each.control.id] = each
    return tuple(sorted(chosen.values(), key=lambda each: _order(each.control.id)))


def _load(name: str) -> Rule:
    module: ModuleType = importlib.import_module(f"{controls.__name__}.{name}")
    judge = module.judge
    hints = typing.get_type_hints(judge)
    evidence = {each: hints[each] for each in inspect.signature(judge).parameters}
    return Rule(control=module.CONTROL, page=page(module), judge=judge, evidence=evidence)


def _order(control_id: str) -> tuple[str, int]:
    family, _, number = control_id.partition(".")
    return family, int(number) if number.isdigit() else 0
