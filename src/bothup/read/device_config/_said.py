"""What a text says of a tunnel, statement by statement, and the tunnel that this makes."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from bothup.model.device import DeviceConfig, DeviceTunnel
from bothup.read.device_config._tree import Value

# The largest gateways end some thousands of tunnels.
_MOST = 3000

Row = tuple[str, str, Callable[[str], object]]
"""A field, the key that says it and what reads its text."""


class Said(NamedTuple):
    """One statement: a field of DeviceTunnel, its value and the line that says it.

    A value of None says nothing. Tuples add up; of everything else the last statement holds.
    """

    field: str
    value: object
    line: int


def folded(said: Iterable[Said]) -> tuple[Said, ...]:
    """Fold what holds for many tunnels into one statement for each field."""
    tunnel = assemble("", 0, said)
    return tuple(Said(field, getattr(tunnel, field), at) for field, at in tunnel.where.items())


def assemble(name: str, line: int, said: Iterable[Said]) -> DeviceTunnel:
    """Make a tunnel of all that is said of it."""
    fields: dict[str, Any] = {}
    where: dict[str, int] = {}
    for statement in said:
        field, value, at = statement
        if value is None or value == ():
            continue
        if isinstance(value, tuple):
            known = fields.get(field, ())
            fields[field] = known + tuple(new for new in dict.fromkeys(value) if new not in known)
            where.setdefault(field, at)
        else:
            fields[field] = value
            where[field] = at
    return DeviceTunnel(name=name, line=line, where=where, **fields)


def config_of(
    vendor: str, source: str, tunnels: Iterable[DeviceTunnel], notices: Iterable[str]
) -> DeviceConfig:
    """Make a configuration of tunnels, of which no more are read than a device can have."""
    waiting = iter(tunnels)
    kept = tuple(itertools.islice(waiting, _MOST))
    more = () if next(waiting, None) is None else (f"only the first {_MOST} tunnels are read",)
    return DeviceConfig(vendor=vendor, source=source, tunnels=kept, notices=(*notices, *more))


def told(values: Mapping[str, Value], *rows: Row) -> Iterator[Said]:
    """Yield what the keys of the rows say, in the order of the rows."""
    for field, key, read in rows:
        value = values.get(key)
        if value is not None:
            yield Said(field, read(value.text), value.line)
