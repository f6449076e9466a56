"""The remedies, found by looking into their room: a file there is a remedy."""

import difflib
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from bothup import remedies
from bothup.engine.page import Page, page
from bothup.errors import UsageError
from bothup.model.remedy import Change, FlowLogWish, Proposal, Refusal, Remedy


class Cure(msgspec.Struct, frozen=True, kw_only=True):
    """One remedy, ready to use.

    `evidence` maps the names of `propose`'s parameters to the types of evidence they declare; the
    first is the type of what the remedy is about.
    """

    remedy: Remedy
    page: Page
    propose: Callable[..., Iterator[Proposal | Change | Refusal]]
    evidence: dict[str, type]

    @property
    def subject(self) -> type:
        """The type of what the remedy is about."""
        return next(iter(self.evidence.values()))

    @property
    def kinds(self) -> tuple[type, ...]:
        """What a remedy for another resource than a connection reads, the resource first."""
        return tuple(kind for kind in self.evidence.values() if kind is not FlowLogWish)


def cures() -> tuple[Cure, ...]:
    """Load every remedy, in the order of their ids."""
    names = (info.name for info in pkgutil.iter_modules(remedies.__path__))
    return tuple(_load(name) for name in sorted(names) if not name.startswith("_"))


def chosen(only: Iterable[str], skip: Iterable[str]) -> tuple[Cure, ...]:
    """Load the remedies that `only` names, without those of `skip`; a control stands for its own.

    Where `only` names none, all that need not be asked for.

    Raises UsageError for a name that is none, and where nothing is left.
    """
    known = {cure.remedy.id: cure for cure in cures()}
    only, skip = tuple(_by_control(only, known)), tuple(_by_control(skip, known))
    for name in (*only, *skip):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
            raise UsageError(f"no remedy is called {name!r}; {hint}")
    usual = {name for name, cure in known.items() if not cure.remedy.when_asked}
    wanted = (set(only) or usual) - set(skip)
    if not wanted:
        raise UsageError("--only and --skip leave no remedy")
    return tuple(cure for name, cure in known.items() if name in wanted)


def _by_control(names: Iterable[str], known: Mapping[str, Cure]) -> Iterator[str]:
    """Put the remedies of a control in its place."""
    for name in names:
        of_control = [each for each in known if name.upper() in known[each].remedy.controls]
        yield from of_control or [name]


def _load(name: str) -> Cure:
    module = importlib.import_module(f"{remedies.__name__}.{name}")
    hints = typing.get_type_hints(module.propose)
    evidence = {each: hints[each] for each in inspect.signature(module.propose).parameters}
    return Cure(remedy=module.REMEDY, page=page(module), propose=module.propose, evidence=evidence)
