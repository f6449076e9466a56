"""Durations as people write them: `90s`, `20m`, `9h`, `3d 4h`, `2w`."""

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """The sum of the parts of `text`; parts that are none are not looked at."""
    parts = re.findall(r"([0-9]+)([smhdw])", text)
    return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())
