"""A device's log alone, in its vendor's words: the cause comes first, and nothing wrong is sure.

Each block of the file begins with a name and with the causes that its lines leave open.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bothup.engine.diagnose import diagnose
from bothup.model.diagnosis import Certainty
from bothup.read.bundle import bundle_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
VENDORS = {
    "lsw": "libreswan",
    "w": "libreswan",
    "ios": "cisco-ios",
    "asa": "cisco-asa",
    "fgt": "fortigate",
    "srx": "juniper",
    "pan": "paloalto",
    "pfs": "strongswan",
    "opn": "strongswan",
    "gen": "generic",
}


class Words(msgspec.Struct, frozen=True):
    name: str
    causes: frozenset[str]
    lines: tuple[str, ...]


def blocks() -> list[Words]:
    text = Path(__file__).with_name("vendor_words.txt").read_text("utf-8")
    found = re.findall(r"^# (.+?): (.+)\n((?:.+\n)+)", text, re.MULTILINE)
    return [
        Words(name, frozenset(causes.split(" | ")), tuple(lines.splitlines()))
        for name, causes, lines in found
    ]


BLOCKS = blocks()


def test_every_vendor_is_there() -> None:
    assert {each.name.split()[0] for each in BLOCKS} == set(VENDORS)
    assert len(BLOCKS) > 120


@pytest.mark.parametrize("words", BLOCKS, ids=lambda words: words.name)
def test_the_cause_is_found_and_the_vendor_with_it(words: Words) -> None:
    log = {"source": "device", "lines": list(words.lines)}
    bundle = bundle_of({"schema": "bothup.evidence/1", "logs": [log]}, now=NOW)
    (tunnel,) = diagnose(bundle, now=NOW).tunnels
    assert bundle.logs[0].vendor in (VENDORS[words.name.split()[0]], "pfsense")
    leading = [each for each in tunnel.causes if each.verdict is not Certainty.RULED_OUT]
    assert leading[0].id in words.causes
    sure = {each.id for each in leading if each.verdict is Certainty.CONFIRMED}
    assert sure <= words.causes
