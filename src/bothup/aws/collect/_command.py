"""The AWS CLI command that makes a call, so that a person can make the same one."""

import json
import re
import shlex
from collections.abc import Mapping
from datetime import datetime
from typing import Any


def command(service: str, operation: str, region: str | None, params: Mapping[str, Any]) -> str:
    """Write a call by the SDK's names as a line for a shell."""
    words = ["aws", service, _kebab(operation)]
    if region:
        words += ["--region", region]
    for name, value in params.items():
        words += [f"--{_kebab(name)}", *_words(value)]
    return shlex.join(words)


def _words(value: Any) -> list[str]:
    match value:
        case bool():
            return []
        case datetime():
            return [_time(value)]
        case list() | tuple() if all(isinstance(each, str) for each in value):
            return [str(each) for each in value]
        case dict() | list() | tuple():
            return [json.dumps(value, separators=(",", ":"), default=_time)]
        case _:
            return [str(value)]


def _time(value: datetime) -> str:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z")


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
