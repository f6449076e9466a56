"""Every sample line of every vendor is the events that stand below it, and no others."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import bothup.read.logs
from bothup.read.logs._messages import Message
from tests.device_logs.telling import MODULES, events, samples, told

CASES = [
    pytest.param(module, text, wanted, id=f"{module}-{number}")
    for module in MODULES
    for number, (text, wanted) in enumerate(samples(module), 1)
]


@pytest.mark.parametrize(("module", "text", "wanted"), CASES)
def test_lines_are_these_events(module: str, text: str, wanted: list[str]) -> None:
    assert [told(event) for event in events(module, text)] == wanted


def tables() -> Iterator[tuple[str, Message]]:
    """Give every message of every table, with the module that has the table."""
    for info in pkgutil.iter_modules(bothup.read.logs.__path__, "bothup.read.logs."):
        for value in vars(importlib.import_module(info.name)).values():
            for each in value if isinstance(value, tuple) else ():
                if isinstance(each, Message):
                    yield info.name, each


def test_every_message_has_a_sample() -> None:
    lines = {line for module in MODULES for text, _ in samples(module) for line in text.split("\n")}
    forms = [form for line in lines for form in (line, line.lower())]
    unseen = {
        f"{module}: {message.mark} {message.kind}"
        for module, message in tables()
        if not any(message.mark in form and message.search(form) for form in forms)
    }
    assert not unseen
    assert len({id(message) for _, message in tables()}) > 300
