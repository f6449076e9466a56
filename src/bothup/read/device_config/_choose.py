"""Which parser reads a text, and the way into all of them."""

import importlib
import pkgutil
import re
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import msgspec

from bothup.model.device import DeviceConfig
from bothup.read.device_config._lines import lines_of
from bothup.read.device_config._parser import ConfigParser

_FOLDER = Path(__file__).parent
_LARGEST = 16 * 1024 * 1024
_SAMPLE = 512 * 1024
_UNSURE = 0.2
# "<--- More --->" of the ASA, "--More--" of IOS and FortiOS, "---(more 12%)---" of Junos, and the
# "lines 1-23" of a pager as less.
_PAGER = re.compile(
    r"-{2,} ?\(?more\b[^\n]{0,12}-{2,}|^lines \d+-\d+", re.IGNORECASE | re.MULTILINE
)


def read_device_config(text: str, source: str = "", vendor: str | None = None) -> DeviceConfig:
    """Read a customer gateway's configuration text, whatever it is.

    `source` names the text for people. `vendor` says whose it is; without it, the parser that is
    surest of the text reads it. What could not be read is in the notices, never an error: a text
    that nobody knows gives no tunnels and says so.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    refused = _refusal(text)
    if refused:
        return DeviceConfig(vendor=vendor or "unknown", source=source, notices=(refused,))
    every = parsers()
    told = (vendor or "").lower()
    wanted = [each for each in every if told in _names(each)]
    best, parser = _surest(wanted or every, text)
    if best < _UNSURE and not wanted:
        known = ", ".join(sorted({name for each in every for name in _names(each)}))
        notice = f"the text looks like no configuration that is known; known are: {known}"
        return DeviceConfig(vendor=vendor or "unknown", source=source, notices=(notice,))
    config = parser.parse(text, source)
    notices = (*_doubts(vendor, bool(wanted), best, config), *config.notices)
    name = told if told in getattr(parser, "DIALECTS", ()) else config.vendor
    return msgspec.structs.replace(config, vendor=name, notices=notices, cut=_is_cut(text))


def _is_cut(text: str) -> bool:
    """Whether the text ends early, or a pager stood in it when it was copied."""
    ends_early = lines_of(text).cut is not None and not text.rstrip().endswith(">")
    return ends_early or _PAGER.search(text) is not None


def _surest(among: Sequence[ConfigParser], text: str) -> tuple[float, ConfigParser]:
    """Choose by the beginning of a text, and by all of it where that does not tell."""
    for sample in (text[:_SAMPLE], text):
        best = max(((each.detect(sample), each) for each in among), key=lambda pair: pair[0])
        if best[0] >= _UNSURE:
            break
    return best


def _refusal(text: str) -> str | None:
    if len(text) > _LARGEST:
        return f"the text has {len(text)} characters, more than any configuration: not read"
    sample = text[:_SAMPLE]
    strange = sum(sample.count(each) for each in ("\x00", "\N{REPLACEMENT CHARACTER}"))
    if strange * 20 > len(sample) or "\x00" in sample[:1024]:
        return "this is not text (a backup in a binary format?): not read"
    return None if text.strip() else "the text is empty"


def _doubts(vendor: str | None, known: bool, sure: float, config: DeviceConfig) -> list[str]:
    if vendor and not known:
        return [f"there is no parser for {vendor!r}; the text was read as {config.vendor}"]
    if vendor and sure < _UNSURE:
        return [f"this does not look like a configuration of {vendor}"]
    return [] if config.tunnels else ["the text defines no IPsec tunnel"]


def _names(parser: ConfigParser) -> tuple[str, ...]:
    return (parser.VENDOR, *getattr(parser, "ALIASES", ()))


def parsers() -> tuple[ConfigParser, ...]:
    """Load the parsers: the modules of this folder whose names have no underscore in front."""
    names = (info.name for info in pkgutil.iter_modules([str(_FOLDER)]))
    package = __name__.rpartition(".")[0]
    return tuple(
        cast("ConfigParser", importlib.import_module(f"{package}.{name}"))
        for name in names
        if not name.startswith("_")
    )
