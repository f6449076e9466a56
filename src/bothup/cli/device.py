"""The device's side: its logs and its configuration, from files that a person has at hand."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Group, Parameter

from bothup.cli.flags import flag
from bothup.errors import InputError, UsageError
from bothup.model.bundle import Bundle, Log, LogSource
from bothup.model.connection import VpnConnection
from bothup.model.device import DeviceConfig
from bothup.read.device_config import read_device_config
from bothup.read.encoding import HEAD, UTF8, encoding_of
from bothup.read.logs._read import LogFile, read_log
from bothup.read.mask import MASK, masked, masked_config

_GROUP = Group("Device", sort_key=0)
# No configuration is larger; what is said of a larger text is said by its reader.
_LARGEST_CONFIG = 17 * 1024 * 1024
# Of a device's log, so much of its end goes into a document.
LARGEST_LOG = 8 * 1024 * 1024


@Parameter(name="*")
@dataclass(frozen=True)
class DeviceFiles:
    """What a person has of the device; the vendor is recognised where it is not said."""

    device_log: Annotated[
        tuple[str, ...],
        flag(
            "Log of the customer gateway device, repeatable; - is stdin.",
            group=_GROUP,
            hyphen=True,
        ),
    ] = ()
    device_config: Annotated[
        tuple[str, ...],
        flag(
            "Configuration of the customer gateway device, repeatable; - is stdin. Keys in it are "
            "masked.",
            group=_GROUP,
            hyphen=True,
        ),
    ] = ()
    vendor: Annotated[
        str | None,
        flag(
            "Whose they are (strongswan, cisco-asa, fortigate, …), where that is not recognised.",
            group=_GROUP,
        ),
    ] = None

    @property
    def any(self) -> bool:
        """Whether there is any file."""
        return bool(self.device_log or self.device_config)


def with_device(bundle: Bundle, files: DeviceFiles, zone: tzinfo, now: datetime) -> Bundle:
    """Put what the device's files say beside AWS's evidence; raises InputError.

    Lines about other peers than the connection's tunnels are passed over, where these are known.
    """
    connection = bundle.connection
    tunnels = connection.tunnels if isinstance(connection, VpnConnection) else ()
    read = partial(
        read_log,
        source=LogSource.DEVICE,
        vendor=files.vendor,
        tunnels=frozenset(each.outside_ip for each in tunnels if each.outside_ip),
        near=bundle.collected_at or now,
        zone=zone,
    )
    logs = [_log(name, read) for name in files.device_log]
    configs = [_config(name, files.vendor) for name in files.device_config]
    return msgspec.structs.replace(
        bundle,
        logs=(*bundle.logs, *logs),
        device_config=(*bundle.device_config, *configs),
        has=bundle.has | ({"logs"} if logs else set()) | ({"device_config"} if configs else set()),
    )


def document_of(files: DeviceFiles) -> dict[str, Any]:
    """Give the files as members of an evidence bundle, every secret masked; raises InputError."""
    vendor = {"vendor": files.vendor} if files.vendor else {}
    logs = [
        {"source": LogSource.DEVICE.value, **vendor, "lines": _end(LogFile(_path(name)))}
        for name in files.device_log
    ]
    configs = [{**vendor, "text": masked_config(_text(name))} for name in files.device_config]
    return ({"logs": logs} if logs else {}) | ({"device_config": configs} if configs else {})


def zone(name: str) -> tzinfo:
    """Find a time zone by its name in the IANA data base; raises UsageError."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"--timezone {name!r}: expected a name as Europe/Berlin") from None


def _log(name: str, read: Callable[..., Log]) -> Log:
    """Read a log, which is gone through several times: what comes through a pipe comes once."""
    path = _path(name)
    file = LogFile(path)
    log = read(list(file) if path.is_fifo() or name == "-" else file, name=name)
    if file.encoding == UTF8:
        return log
    notice = f"{name}: read as {file.encoding.upper()}, which it is written in"
    return msgspec.structs.replace(log, notices=(notice, *log.notices))


def _path(name: str) -> Path:
    return Path("/dev/stdin" if name == "-" else name)


def _config(name: str, vendor: str | None) -> DeviceConfig:
    return read_device_config(_text(name), name, vendor)


def _text(name: str) -> str:
    try:
        with _path(name).open("rb") as file:
            data = file.read(_LARGEST_CONFIG)
            return data.decode(encoding_of(data[:HEAD]), "replace")
    except OSError as error:
        problem = error.strerror or "cannot be read"
        raise InputError(name, "", problem, "a configuration") from None


def _end(lines: Iterable[str]) -> list[str]:
    """Take the newest lines, as many as a document should hold."""
    kept: deque[str] = deque()
    size = 0
    for line in without_keys(lines):
        kept.append(line)
        size += len(line)
        while size > LARGEST_LOG:
            size -= len(kept.popleft())
    return list(kept)


def without_keys(lines: Iterable[str]) -> Iterator[str]:
    """Mask secrets line by line, and private keys over the lines that they take."""
    inside = False
    for line in lines:
        ends = "-----END" in line
        yield MASK if inside and not ends else masked(line.rstrip("\r\n"))
        if "-----BEGIN" in line and "PRIVATE KEY" in line:
            inside = True
        inside = inside and not ends
