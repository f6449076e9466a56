"""`bothup config`: what the settings are, and where each of them was said."""

import inspect
import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from bothup.cli.document import deliver
from bothup.cli.options import Reach
from bothup.cli.scan import scan
from bothup.cli.settings import Configuration, as_flag, flag
from bothup.config.layers import Chosen, Layer, Origin, over
from bothup.config.load import Loaded
from bothup.config.settings import FIELDS

config = App(
    name="config", help="Show the settings.", help_formatter="default", result_action="return_value"
)

# What `bothup scan` does where nothing else is said; the other defaults stand with their flags.
_SCAN = inspect.signature(scan).parameters
_SCAN_DEFAULTS = {
    "controls": _SCAN["control"].default,
    "fail-on": _SCAN["fail_on"].default,
    "output": ("table",),
}
_NO_FLAG_SAYS = (None, (), False)


@config.command
def show(
    *,
    output: Annotated[
        str,
        Parameter(
            name=("--output", "-o"),
            help="FORMAT[=FILE]: table (default), json.",
            show_default=False,
        ),
    ] = "table",
    configuration: Configuration = Configuration(),  # noqa: B008 - frozen
    reach: Reach = Reach(),  # noqa: B008 - frozen
) -> int:
    """Show each setting's value and where it was said: by a flag, a variable, or the file.

    Flags win over variables (BOTHUP_ROLE_NAME sets role-name), variables over the file.
    """
    loaded = configuration.load()
    effective = _effective(reach, loaded)
    deliver(
        output,
        {"table": lambda: _table(effective, loaded), "json": lambda: _json(effective, loaded)},
    )
    return 0


def _effective(reach: Reach, loaded: Loaded) -> Layer:
    """Every setting; `reach` holds those that are flags here, filled in from the layers already."""
    flags: Layer = {}
    defaults = {key: Chosen(value, Origin("default")) for key, value in _SCAN_DEFAULTS.items()}
    by_flag = {f"--{field.name.replace('_', '-')}": field for field in fields(reach)}
    for key in FIELDS:
        if field := by_flag.get(flag(key)):
            value, lower = getattr(reach, field.name), loaded.layer.get(key)
            defaults[key] = Chosen(field.default, Origin("default"))
            below = as_flag(key, lower.value) if lower else field.default
            if value != below and value not in _NO_FLAG_SAYS:
                flags[key] = Chosen(value, Origin("flag", flag(key)))
    if reach.account:
        flags["accounts"] = Chosen(reach.account, Origin("flag", "--account"))
    found = defaults | over(flags, loaded.layer)
    return {key: found[key] for key in FIELDS if key in found}


def _table(effective: Layer, loaded: Loaded) -> Iterator[str]:
    rows = [
        (key, _words(chosen.value) if key != "mutes" else _counted(loaded), chosen.origin)
        for key, chosen in effective.items()
    ]
    key_width = max(len(key) for key, _, _ in rows)
    width = min(40, max(len(value) for _, value, _ in rows))
    for key, value, origin in rows:
        yield f"{key:<{key_width}}  {value:<{width}}  {origin.name or origin.kind}\n"
    if loaded.path is None:
        yield "\nno configuration file\n"


def _words(value: Any) -> str:
    if value in (None, (), float("inf")):
        return "-"
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


def _counted(loaded: Loaded) -> str:
    today = datetime.now(UTC).date()
    expired = sum(rule.expires <= today for rule in loaded.mutes)
    rules = f"{len(loaded.mutes)} rule" + ("" if len(loaded.mutes) == 1 else "s")
    return f"{rules}, {expired} expired" if expired else rules


def _json(effective: Layer, loaded: Loaded) -> Iterator[str]:
    document = {
        "schema": "bothup.config/1",
        "file": loaded.path and str(loaded.path),
        "settings": effective,
    }
    yield msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    yield "\n"
