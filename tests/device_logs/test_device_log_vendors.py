"""A log is read as its own vendor's: no parser claims or reads what is another's."""

from pathlib import Path

import pytest

from bothup.model.bundle import LogSource
from bothup.read.logs._read import parsers, read_log
from tests.device_logs.telling import MODULES, NEAR, TUNNELS, events, parser, samples, told

HERE = Path(__file__).parent
# Lines of the daemons that other parsers read, as gateways write them.
NEIGHBOURS = {
    path.stem: path.read_text().splitlines() for path in sorted(HERE.glob("neighbours/*.txt"))
}
LOGS = {module: "\n".join(text for text, _ in samples(module)).split("\n") for module in MODULES}
TOLD = [
    pytest.param(module, text, wanted, id=f"{module}-{number}")
    for module in MODULES
    for number, (text, wanted) in enumerate(samples(module), 1)
    if wanted
]
OTHERS = [
    (module, other) for module in MODULES for other in (*MODULES, *NEIGHBOURS) if module != other
]


def surest(lines: list[str]) -> str:
    """Name the device whose parser is the surest, the first of those alike."""
    of_devices = [each for each in parsers() if not each.VENDOR.startswith("aws")]
    return max(of_devices, key=lambda each: each.detect(lines)).VENDOR


@pytest.mark.parametrize(("module", "text", "wanted"), TOLD)
def test_every_sample_is_its_vendors(module: str, text: str, wanted: list[str]) -> None:
    log = read_log(text.split("\n"), LogSource.DEVICE, near=NEAR, tunnels=TUNNELS)
    assert log.vendor == parser(module).VENDOR
    assert [told(event) for event in log.events] == wanted


@pytest.mark.parametrize("vendor", NEIGHBOURS)
def test_lines_of_daemons_stay_theirs(vendor: str) -> None:
    assert {surest([line]) for line in NEIGHBOURS[vendor]} == {vendor}


def test_charon_in_pfsense_is_read_by_the_parser_of_charon() -> None:
    lines = (HERE / "charon_in_pfsense.txt").read_text().splitlines()
    assert not events("pfsense", "\n".join(lines))
    log = read_log(lines, LogSource.DEVICE, near=NEAR)
    assert [event.kind for event in log.events] == ["no-proposal-chosen", "authentication-failed"]


@pytest.mark.parametrize(("module", "other"), OTHERS)
def test_nothing_is_made_of_another_vendors_lines(module: str, other: str) -> None:
    lines = LOGS.get(other) or NEIGHBOURS[other]
    assert parser(module).detect(lines) < 0.04
    assert [told(event) for event in events(module, "\n".join(lines))] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_whole_log_is_claimed_by_its_vendor(module: str) -> None:
    assert parser(module).detect(LOGS[module]) > 0.5
    assert surest(LOGS[module]) == parser(module).VENDOR


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_claimed_of_nothing(module: str) -> None:
    assert parser(module).detect([]) == 0.0
    assert parser(module).detect(["", "\x00\x01\xff", "The quick brown fox"]) == 0.0
