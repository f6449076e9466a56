"""Every sample line of every vendor is the events that stand below it, and no others."""

import pytest

from tests.device_logs.telling import MODULES, events, samples, told

CASES = [
    pytest.param(module, text, wanted, id=f"{module}-{number}")
    for module in MODULES
    for number, (text, wanted) in enumerate(samples(module), 1)
]


@pytest.mark.parametrize(("module", "text", "wanted"), CASES)
def test_lines_are_these_events(module: str, text: str, wanted: list[str]) -> None:
    assert [told(event) for event in events(module, text)] == wanted
