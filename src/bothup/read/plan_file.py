"""A plan as it stands in a file: read strictly, for what it says is going to be done."""

from typing import Any

import msgspec

from bothup.errors import InputError
from bothup.model.alarm import COMPOSITE_SETTINGS, METRIC_SETTINGS
from bothup.model.names import ACCOUNT_ID, REGION
from bothup.model.plan import SCHEMA, Action, Plan, Step
from bothup.model.probing import MONITOR_SETTINGS
from bothup.model.resource_calls import SETTINGS
from bothup.model.tunnel_settings import DEFAULTS

# What a step on a tunnel may set: nothing that is secret, and nothing that could not be restored.
_SETTABLE = {
    Action.MODIFY_TUNNEL: frozenset(DEFAULTS),
    Action.REPLACE_TUNNEL: frozenset[str](),
    Action.MODIFY_CLIENT_VPN: frozenset({"ConnectionLogOptions"}),
    Action.CREATE_LOG_GROUP: frozenset({"logGroupName", "kmsKeyId", "retentionInDays"}),
    Action.CREATE_LOG_STREAM: frozenset({"logGroupName", "logStreamName"}),
    Action.PUT_ALARM: METRIC_SETTINGS,
    Action.PUT_COMPOSITE: COMPOSITE_SETTINGS,
    Action.DELETE_ALARM: METRIC_SETTINGS | COMPOSITE_SETTINGS,
    **SETTINGS,
    Action.CREATE_MONITOR: MONITOR_SETTINGS,
    Action.DELETE_MONITOR: MONITOR_SETTINGS,
}


class _Logs(msgspec.Struct, frozen=True, rename="pascal", forbid_unknown_fields=True):
    cloud_watch_log_options: dict[str, bool | str]


class _ConnectionLog(msgspec.Struct, frozen=True, rename="pascal", forbid_unknown_fields=True):
    enabled: bool
    cloudwatch_log_group: str | None = None
    cloudwatch_log_stream: str | None = None


def _shape(default: Any) -> Any:
    """Give the type of a tunnel option's values."""
    match default:
        case dict():
            return _Logs
        case [int(), *_]:
            return list[int]
        case list():
            return list[str]
        case _:
            return type(default)


_SHAPES: dict[str, Any] = {name: _shape(default) for name, default in DEFAULTS.items()}
_SHAPES["ConnectionLogOptions"] = _ConnectionLog


def read_plan(text: bytes, source: str) -> Plan:
    """Read a plan; raises InputError where it is none, or holds a step that no remedy makes."""
    try:
        said: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(source, "", f"not JSON: {error}", f"a plan ({SCHEMA})") from None
    schema = said.get("schema") if isinstance(said, dict) else None
    if schema != SCHEMA:
        raise InputError(source, "$.schema", f"not a plan: {schema!r}", SCHEMA)
    try:
        plan = msgspec.convert(said, Plan)
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at ")
        raise InputError(source, where.strip("`"), problem) from None
    _check(plan, source)
    return plan


def _check(plan: Plan, source: str) -> None:
    seen: set[str] = set()
    for index, step in enumerate(plan.steps):
        where = f"$.steps[{index}]"
        if step.id in seen:
            raise InputError(source, f"{where}.id", "two steps have the same id")
        seen.add(step.id)
        _check_step(step, source, where)


def _check_step(step: Step, source: str, where: str) -> None:
    _check_place(step, source, where)
    for name in (*step.before, *step.after):
        if name not in _SETTABLE[step.action]:
            raise InputError(source, f"{where}.after", f"no remedy sets {name!r}")
    _check_values(step, source, where)
    on_tunnel = step.action in (Action.MODIFY_TUNNEL, Action.REPLACE_TUNNEL)
    if on_tunnel and not (step.tunnel and step.fingerprint):
        raise InputError(source, where, "the step names no tunnel, or not the state it is for")
    sets_nothing = (Action.REPLACE_TUNNEL, Action.DELETE_ALARM, Action.DELETE_MONITOR)
    if step.action not in sets_nothing and not step.after:
        raise InputError(source, f"{where}.after", "the step sets nothing")
    restores = on_tunnel or step.action is Action.MODIFY_CLIENT_VPN or step.action in SETTINGS
    if restores and set(step.before) != set(step.after):
        raise InputError(source, where, "before and after are not of the same settings")
    groups = (Action.CREATE_LOG_GROUP, Action.CREATE_LOG_STREAM)
    if step.action in groups and step.after.get("logGroupName") != step.resource:
        raise InputError(source, f"{where}.after", "the step is not on the log group that it names")


def _check_values(step: Step, source: str, where: str) -> None:
    """What was not set before is None there; nothing else may differ from what AWS takes."""
    if step.action not in (Action.MODIFY_TUNNEL, Action.MODIFY_CLIENT_VPN):
        return
    for member, settings in (("before", step.before), ("after", step.after)):
        for name, value in settings.items():
            if member == "before" and value is None:
                continue
            try:
                msgspec.convert(value, _SHAPES[name])
            except msgspec.ValidationError as error:
                place = f"{where}.{member}.{name}"
                raise InputError(source, place, str(error)) from None


def _check_place(step: Step, source: str, where: str) -> None:
    """One resource has one name for locks, so no step may leave out or respell where it is."""
    if not ACCOUNT_ID.fullmatch(step.account):
        raise InputError(source, f"{where}.account", "not an account id", "twelve digits")
    if not REGION.fullmatch(step.region):
        raise InputError(source, f"{where}.region", "not a Region", "one as eu-central-1")
