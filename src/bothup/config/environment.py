"""Settings from environment variables: BOTHUP_ROLE_NAME sets role-name."""

from collections.abc import Mapping
from typing import Any

import msgspec

from bothup.config.complaints import nearest, wrong_value
from bothup.config.layers import Chosen, Layer, Origin
from bothup.config.settings import FIELDS, Settings
from bothup.errors import UsageError

FILE = "BOTHUP_CONFIG"
_PREFIX = "BOTHUP_"
# Tables are too long for a variable.
_TABLES = ("alarms", "mutes", "parameters")
VARIABLES = {_PREFIX + key.upper().replace("-", "_"): key for key in FIELDS if key not in _TABLES}


def read(environ: Mapping[str, str]) -> Layer:
    """Read what the environment sets; a list has commas, and an empty variable sets nothing.

    Raises UsageError for a value that does not fit, and for a name that looks like a setting's and
    is none, with the nearest that is.
    """
    for name in sorted(environ):
        if name.startswith(_PREFIX) and name not in VARIABLES and name != FILE:
            raise UsageError(f"{name} sets nothing; {nearest(name, VARIABLES)}")
    return {
        key: Chosen(_value(variable, key, environ[variable]), Origin("environment", variable))
        for variable, key in VARIABLES.items()
        if environ.get(variable)
    }


def _value(variable: str, key: str, text: str) -> Any:
    field, value = FIELDS[key], _parts(text) if _is_list(key, text) else text
    try:
        settings = msgspec.convert({key: value}, Settings, strict=False)
    except msgspec.ValidationError as error:
        expected = wrong_value(error).expected
        raise UsageError(f"{variable} does not fit; expected {expected}") from None
    return getattr(settings, field.name)


def _is_list(key: str, text: str) -> bool:
    """Accounts are a list of ids or the name of a file."""
    if key == "accounts":
        return all(part.isdigit() for part in _parts(text))
    return isinstance(FIELDS[key].default, tuple)


def _parts(text: str) -> list[str]:
    return [part for each in text.split(",") if (part := each.strip())]
