"""The controls, found by looking into their room: a file there is a control."""

import functools
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

import msgspec

from bothup import controls
from bothup.engine.order import order
from bothup.engine.page import Page, page
from bothup.errors import UsageError, WrongParameter
from bothup.model.control import Control
from bothup.model.evidence import GatewayPeers
from bothup.model.finding import Verdict

# What is judged by where nobody says: what the one DescribeVpnConnections of a Target tells.
DEFAULT = ("default",)
_PARAMETERS = "Parameters"
_NONE: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


class Rule(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One control, ready to use.

    `evidence` maps the names of `judge`'s parameters to the types of evidence they declare.
    `parameters` is the value of the control's own Parameters, None where it has none. `fix` takes
    what `judge` takes, and yields the lines of a script that mends what failed.
    """

    control: Control
    page: Page
    judge: Callable[..., Verdict]
    evidence: dict[str, type]
    parameters: msgspec.Struct | None = None
    fix: Callable[..., Iterator[str]] | None = None

    @functools.cached_property
    def subject(self) -> type:
        """The type of the resource that the control judges: its first parameter."""
        return next(iter(self.evidence.values()))

    @functools.cached_property
    def kinds(self) -> tuple[type, ...]:
        """The types of evidence that come from outside, the subject first."""
        own = (GatewayPeers, type(self.parameters))
        return tuple(kind for kind in self.evidence.values() if kind not in own)


def rules() -> tuple[Rule, ...]:
    """Load every control, in the order of their ids."""
    names = (info.name for info in pkgutil.iter_modules(controls.__path__))
    return tuple(sorted((_load(name) for name in names), key=lambda rule: order(rule.control.id)))


def rule(control_id: str) -> Rule:
    """Load one control by its id, whatever its case; the others are not imported.

    Raises UsageError, with the nearest id, if there is none.
    """
    names = [info.name for info in pkgutil.iter_modules(controls.__path__)]
    name = control_id.lower().replace(".", "_")
    if name in names:
        return _load(name)
    raise UsageError(_no_control(control_id, [_load(name).control.id for name in names]))


def _no_control(name: str, known: Iterable[str]) -> str:
    import difflib  # for a mistake alone

    ids = sorted(known, key=order)
    near = difflib.get_close_matches(name.upper(), ids, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(ids)}"
    return f"no control is called {name!r}; {hint}"


def select(
    wanted: Iterable[str], parameters: Mapping[str, Mapping[str, Any]] = _NONE
) -> tuple[Rule, ...]:
    """Load the controls that ids and group names stand for; `all` is every control.

    Names may stand together with commas between. `parameters` are what the configuration sets, by
    control. Raises UsageError for a name that is neither, or parameters that cannot be, be their
    control chosen or not (WrongParameter).
    """
    _check(parameters)
    chosen: dict[str, Rule] = {}
    for name in (part.strip() for each in wanted for part in each.split(",") if part.strip()):
        for each in _group(name) or [rule(name)]:
            chosen[each.control.id] = _with(each, parameters.get(each.control.id))
    if not chosen:
        raise UsageError("no control is named; --control takes ids and groups, as EC2.20 or vpn")
    return tuple(sorted(chosen.values(), key=lambda each: order(each.control.id)))


def _group(name: str) -> list[Rule]:
    """Give the controls of a group; an id, which has a dot, is none: nothing else is imported."""
    if "." in name:
        return []
    return [each for each in rules() if name.lower() in ("all", *each.control.groups)]


def _check(parameters: Mapping[str, Mapping[str, Any]]) -> None:
    known = {each.control.id: each for each in rules()} if parameters else {}
    for control, values in parameters.items():
        if control in known:
            _with(known[control], values)
            continue
        # TOML takes the dot of an id without quotes for a table within a table.
        inner = next((f"{control}.{key}" for key in values if f"{control}.{key}" in known), None)
        hint = f'write [parameters."{inner}"], with quotes' if inner else ""
        raise WrongParameter(control, None, hint or _no_control(control, known))


def _with(found: Rule, values: Mapping[str, Any] | None) -> Rule:
    """Set a control's parameters; raises WrongParameter, with what was expected."""
    if not values:
        return found
    if found.parameters is None:
        raise WrongParameter(found.control.id, next(iter(values)), "the control has no parameters")
    own = type(found.parameters)
    names = own.__struct_encode_fields__
    if strange := [name for name in values if name not in names]:
        problem = f"the control has no such parameter; it has {', '.join(names)}"
        raise WrongParameter(found.control.id, strange[0], problem)
    made = found.parameters
    for field in msgspec.structs.fields(own):
        if field.encode_name in values:
            value = _value(found, field, values[field.encode_name])
            made = msgspec.structs.replace(made, **{field.name: value})
    return msgspec.structs.replace(found, parameters=made)


def _value(found: Rule, field: msgspec.structs.FieldInfo, value: Any) -> Any:
    try:
        return msgspec.convert(value, field.type)
    except msgspec.ValidationError as error:
        from msgspec.inspect import IntType, type_info

        said = msgspec.json.encode(value).decode()
        kind = type_info(field.type)
        if isinstance(kind, IntType):
            problem, expected = f"found {said}", f"a whole number from {kind.ge} to {kind.le}"
        else:
            problem, expected = str(error).replace("`", ""), ""
        raise WrongParameter(found.control.id, field.encode_name, problem, expected) from None


def _load(name: str) -> Rule:
    module: ModuleType = importlib.import_module(f"{controls.__name__}.{name}")
    judge = module.judge
    hints = typing.get_type_hints(judge)
    evidence = {each: hints[each] for each in inspect.signature(judge).parameters}
    own = getattr(module, _PARAMETERS, None)
    return Rule(
        control=module.CONTROL,
        page=page(module),
        judge=judge,
        evidence=evidence,
        parameters=own() if own else None,
        fix=getattr(module, "fix", None),
    )
