"""An evidence bundle, from its JSON (`bothup.evidence/1`).

Every member but `schema` may be absent. A member that cannot be read costs itself alone: it is
left out and `problems` says so. Log lines become events and device texts settings while they are
read; keys in them, and the connection's own, are never kept.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from bothup.errors import InputError
from bothup.model.bundle import SCHEMA, Bundle, Log, LogSource
from bothup.model.connection import Malformed, VpnConnection
from bothup.model.device import DeviceConfig
from bothup.model.target import Target
from bothup.read import evidence_parts as parts
from bothup.read.described import read_described
from bothup.read.device_config import read_device_config
from bothup.read.encoding import utf8
from bothup.read.fields import Record, WrongField, kind, moment, text
from bothup.read.items import Origin
from bothup.read.logs import read_log
from bothup.read.mask import masked

T = TypeVar("T")

_SHOWN = 60
_EXPECTED = f'one JSON object with "schema": "{SCHEMA}"'


def read_bundle(data: bytes, source: str, *, now: datetime) -> Bundle:
    """Read a bundle; `now` is when it was true, where it does not say.

    Raises InputError where the text is no JSON object of this schema.
    """
    return _Document(_members(utf8(data, source), source), now).bundle()


def bundle_of(document: Record, *, now: datetime) -> Bundle:
    """Read a bundle that a program has put together, as plain JSON values."""
    encoded = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in document.items()}
    return _Document(encoded, now).bundle()


def _members(data: bytes, source: str) -> dict[str, msgspec.Raw]:
    try:
        members = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        schema = msgspec.json.decode(members.get("schema", b"null"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(source, "", f"no evidence bundle: {error}", _EXPECTED) from None
    if schema != SCHEMA:
        got = masked(schema[:_SHOWN]) if isinstance(schema, str) else kind(schema)
        raise InputError(source, "$.schema", got, SCHEMA)
    return members


class _Document:
    """One document being read; a problem with a member is noted and the next one is read."""

    def __init__(self, members: dict[str, msgspec.Raw], now: datetime) -> None:
        self._members = members
        self._problems: list[str] = []
        self._collected_at = self._attempt("collected_at", self._moment, None)
        self._now = self._collected_at or now
        account = self._attempt("account", self._text, None)
        region = self._attempt("region", self._text, None)
        self._target = Target(account=account, region=region)

    def bundle(self) -> Bundle:
        connection = self._connection()
        tunnels = _addresses(connection)
        nothing: dict[str, Any] = {}
        by_tunnel = self._attempt("tunnels", self._by_tunnel, nothing)
        return Bundle(
            collected_at=self._collected_at,
            target=connection.target if isinstance(connection, VpnConnection) else self._target,
            connection=connection,
            customer_gateway=self._one("customer_gateway", parts.read_customer_gateway),
            active=self._of_tunnels(by_tunnel, "active_status", parts.read_active_status),
            replacements=self._of_tunnels(by_tunnel, "replacement", parts.read_replacement),
            logs=self._each("logs", lambda entry, index: self._log(entry, index, tunnels)),
            metrics=self._each("metrics", lambda entry, _: parts.read_series(entry)),
            changes=self._each("changes", parts.read_change),
            health=self._each("health", parts.read_health),
            device_config=self._each("device_config", self._device_config),
            same_gateway=self._same_gateway(),
            attachments=self._each("attachments", parts.read_attachment),
            has=frozenset(self._members) - {"schema"},
            missing=self._each("missing_evidence", lambda entry, _: parts.read_missing(entry)),
            problems=tuple(self._problems),
        )

    def _attempt(self, name: str, read: Callable[[str], T], otherwise: T) -> T:
        if name not in self._members:
            return otherwise
        try:
            return read(name)
        except WrongField as wrong:
            self._problems.append(f"{name}: {str(wrong).removeprefix(name).lstrip(': ')}")
        except (msgspec.DecodeError, RecursionError) as error:
            self._problems.append(f"{name}: {error}")
        return otherwise

    def _value(self, name: str) -> Any:
        return msgspec.json.decode(self._members[name])

    def _text(self, name: str) -> str | None:
        return text({name: self._value(name)}, name) or None

    def _moment(self, name: str) -> datetime | None:
        return moment({name: self._value(name)}, name)

    def _one(self, name: str, read: Callable[[Record], T]) -> T | None:
        def whole(name: str) -> T | None:
            value = self._value(name)
            return None if value is None else read(parts.record(value, name))

        return self._attempt(name, whole, None)

    def _each(self, name: str, read: Callable[[Record, int], T]) -> tuple[T, ...]:
        """Read the entries of a list; a bad one costs itself alone."""

        def entries(name: str) -> list[Any]:
            value = self._value(name)
            if value is not None and not isinstance(value, list):
                raise WrongField(name, "a list", kind(value))
            return value or []

        found: list[T] = []
        nothing: list[Any] = []
        for index, entry in enumerate(self._attempt(name, entries, nothing)):
            place = f"{name}[{index}]"
            try:
                found.append(read(parts.record(entry, ""), index))
            except WrongField as wrong:
                self._problems.append(f"{place}: {wrong}")
        return tuple(found)

    def _by_tunnel(self, name: str) -> dict[str, Any]:
        value = self._value(name)
        return {} if value is None else dict(parts.record(value, name))

    def _of_tunnels(
        self, by_tunnel: dict[str, Any], member: str, read: Callable[[Record], T]
    ) -> dict[str, T]:
        found: dict[str, T] = {}
        for address, entry in by_tunnel.items():
            if not isinstance(entry, dict) or not isinstance(entry.get(member), dict):
                continue
            try:
                found[address] = read(entry[member])
            except WrongField as wrong:
                self._problems.append(f"tunnels.{address}.{member}: {wrong}")
        return found

    def _connection(self) -> VpnConnection | Malformed | None:
        raw = self._members.get("connection")
        if raw is None or bytes(raw) == b"null":
            return None
        return _described(raw, Origin(self._target, self._now))

    def _same_gateway(self) -> tuple[VpnConnection, ...]:
        def raws(name: str) -> list[msgspec.Raw]:
            return msgspec.json.decode(self._members[name], type=list[msgspec.Raw])

        origin = Origin(Target(), self._now)
        nothing: list[msgspec.Raw] = []
        listed = self._attempt("same_gateway", raws, nothing)
        read = [_described(raw, origin) for raw in listed]
        for each in read:
            if isinstance(each, Malformed):
                self._problems.append(f"same_gateway: {each.id}: {each.problem}")
        return tuple(each for each in read if isinstance(each, VpnConnection))

    def _log(self, entry: Record, index: int, tunnels: frozenset[str]) -> Log:
        told = text(entry, "source") or ""
        if told not in set(LogSource):
            raise WrongField("source", " or ".join(LogSource), f"{told[:_SHOWN]!r}")
        lines = entry.get("lines")
        if lines is not None and not isinstance(lines, list):
            raise WrongField("lines", "a list", kind(lines))
        source = LogSource(told)
        return read_log(
            [_line(line) for line in lines or []],
            source,
            vendor=text(entry, "vendor") or None,
            name=f"logs[{index}]",
            tunnel=text(entry, "tunnel") or None,
            tunnels=tunnels,
            near=self._now,
        )

    def _device_config(self, entry: Record, index: int) -> DeviceConfig:
        words = text(entry, "text") or ""
        return read_device_config(words, f"device_config[{index}]", text(entry, "vendor") or None)


def _described(raw: msgspec.Raw, origin: Origin) -> VpnConnection | Malformed:
    """Read a connection; what a bundle has for AWS's words, anybody may have written."""
    read = read_described(raw, origin)
    if isinstance(read, Malformed):
        return read
    tunnels = (
        replace(each, status_message=masked(each.status_message)) if each.status_message else each
        for each in read.tunnels
    )
    return replace(read, tunnels=tuple(tunnels))


def _line(line: object) -> str:
    """Give a line of a log; FilterLogEvents' events and decoded JSON lines serve as well."""
    if isinstance(line, str):
        return line
    if isinstance(line, dict) and isinstance(line.get("message"), str) and "timestamp" in line:
        message = str(line["message"])
        when = None if message.startswith("{") else parts.moment_or_none(line, "timestamp")
        return f"{when.isoformat()} {message}" if when else message
    return msgspec.json.encode(line).decode()


def _addresses(connection: VpnConnection | Malformed | None) -> frozenset[str]:
    tunnels: Iterable[Any] = connection.tunnels if isinstance(connection, VpnConnection) else ()
    return frozenset(tunnel.outside_ip for tunnel in tunnels if tunnel.outside_ip)
