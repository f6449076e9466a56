"""Check: one way in which an alarm, its topic or a connection without one can be wrong.

A check is a file in `bothup.alarms.checks`; its docstring is its page. There is nothing to
register.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from bothup.alarms import checks
from bothup.engine.page import Page, page
from bothup.errors import UsageError
from bothup.model.finding import Reason, Severity

OF_ALARMS = "BOTHUP.ALARM."
CONNECTION, ALARM, TOPIC = "AWS::EC2::VPNConnection", "AWS::CloudWatch::Alarm", "AWS::SNS::Topic"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check, ready to use: `flaws(resource, …)` yields what is wrong with the resource.

    A flaw whose code is in `unclear` says that something could not be judged. `notices(topic)`
    yields what a person should know of a topic, which fails nothing.
    """

    id: str
    severity: Severity
    resource: str
    unclear: frozenset[str]
    page: Page
    flaws: Callable[..., Iterator[Reason]]
    notices: Callable[..., Iterator[Reason]]


def all_checks() -> tuple[Check, ...]:
    """Load every check, in the order of their ids."""
    names = (info.name for info in pkgutil.iter_modules(checks.__path__))
    return tuple(sorted((_load(name) for name in names), key=lambda each: each.id))


def check(name: str) -> Check:
    """Load one check by its id; raises UsageError, with the nearest id, if there is none."""
    known = {each.id: each for each in all_checks()}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    raise UsageError(f"no check is called {name!r}; {hint}")


def _load(name: str) -> Check:
    module: Any = importlib.import_module(f"{checks.__name__}.{name}")
    return Check(
        id=f"{OF_ALARMS}{name.upper()}",
        severity=module.SEVERITY,
        resource=module.RESOURCE,
        unclear=frozenset(getattr(module, "UNCLEAR", ())),
        page=page(module),
        flaws=module.flaws,
        notices=getattr(module, "notices", _none),
    )


def _none(_: object) -> Iterator[Reason]:
    return iter(())
