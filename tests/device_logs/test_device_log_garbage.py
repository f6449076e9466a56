"""Garbage, half lines and other people's secrets: no traceback, no false event, nothing leaks."""

import ipaddress
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothup.model.event import Event, EventKind
from tests.device_logs.telling import MODULES, events, samples

K = EventKind
SAMPLES = [(module, text) for module in MODULES for text, _ in samples(module)]
WORDS = sorted({word for _, text in SAMPLES for word in text.replace("\n", " ").split(" ")})
# What a cut line may be instead of what the whole one is: the same thing, less precisely.
VAGUE = {K.STATUS, K.SA_CLOSED, K.CHILD_FAILED}
LESS_SAID = {
    K.HALF_OPEN_TIMEOUT: {K.GAVE_UP},
    K.PROPOSAL_REFUSED: {K.NO_PROPOSAL_CHOSEN},
    K.REKEY_STARTED: {K.NEGOTIATION_STARTED},
    K.REKEY_DONE: {K.SA_ESTABLISHED},
    K.BGP_BAD_PEER_AS: {K.BGP_NOTIFICATION},
}

every = st.sampled_from(MODULES)
sampled = st.sampled_from(SAMPLES)


def check(found: list[Event], text: str) -> None:
    """Check what holds for the events of any lines."""
    lines = text.split("\n")
    for event in found:
        assert 1 <= event.line <= len(lines)
        assert len(event.text) <= 401
        if event.tunnel is not None:
            ipaddress.ip_address(event.tunnel)


@given(every, st.text(max_size=400))
def test_random_text_is_no_event(module: str, text: str) -> None:
    assert not events(module, text)


@given(every, st.binary(max_size=2000))
def test_random_bytes_are_no_event(module: str, content: bytes) -> None:
    assert not events(module, content.decode("utf-8", errors="replace"))


@given(every, st.lists(st.sampled_from(WORDS), max_size=60))
def test_shuffled_words_do_no_harm(module: str, words: list[str]) -> None:
    text = " ".join(words)
    check(events(module, text), text)


@given(sampled, st.integers(0, 400), st.text(max_size=20))
def test_something_in_the_middle_of_a_line_does_no_harm(
    sample: tuple[str, str], place: int, odd: str
) -> None:
    module, text = sample
    broken = text[:place] + odd + text[place:]
    check(events(module, broken), broken)


@pytest.mark.parametrize("module", MODULES)
def test_half_a_line_says_nothing_else(module: str) -> None:
    for text, _ in samples(module):
        whole = {event.kind for event in events(module, text)}
        allowed = (whole | VAGUE).union(*(LESS_SAID.get(kind, set()) for kind in whole))
        if not whole:
            allowed = set()
        for cut in range(0, len(text), 3):
            assert {event.kind for event in events(module, text[:cut])} <= allowed, text[:cut]


@pytest.mark.parametrize("module", MODULES)
def test_lines_made_to_be_slow_are_not(module: str) -> None:
    began = time.process_time()
    for text, _ in samples(module):
        for tail in (" x" * 50_000, "1." * 50_000, f" {text}" * 40, " Reason: SA: (" * 10_000):
            long = f"{text}{tail}"
            check(events(module, long), long)
    assert time.process_time() - began < 10


@pytest.mark.parametrize("module", MODULES)
def test_lines_about_something_else_are_passed_quickly(module: str) -> None:
    other = "\n".join(text for text, wanted in samples(module) if not wanted)
    copies = 4_000_000 // len(other)
    began = time.process_time()
    assert not events(module, "\n".join([other] * copies))
    assert time.process_time() - began < 4


KEY = "hunter2-not-a-key"
TELLING = {
    "cisco_asa": f"%ASA-5-111008: User 'ops' executed the 'crypto isakmp key {KEY} x' command.",
    "fortigate": (
        'date=2024-05-17 time=03:21:09 logid="0100044547" type="event" subtype="system"'
        f' cfgpath="vpn.ipsec.phase1-interface" cfgobj="aws-1" cfgattr="psksecret[{KEY}]"'
        f' msg="set psksecret {KEY}"'
    ),
    "juniper": f"mgd[1]: UI_COMMIT_COMPLETED: set security ike policy p pre-shared-key {KEY}",
}


@pytest.mark.parametrize("module", TELLING)
def test_a_key_in_a_line_is_masked(module: str) -> None:
    (event,) = events(module, TELLING[module])
    assert event.text
    assert KEY not in repr(event)
