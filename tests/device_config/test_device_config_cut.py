"""A text that is cut off says so and claims nothing that its rest could overrule."""

import pytest
from device_texts import EXPECTED, MARK, NAMES, TEXTS, read, settings

from bothup.model.device import DeviceTunnel

_STEP = 11  # a prime, so that cuts fall on every part of a line


def middles(text: str) -> list[int]:
    """Places to cut at that are in the middle of a statement."""
    return [cut for cut in range(1, len(text), _STEP) if is_statement(text[:cut])]


def is_statement(text: str) -> bool:
    last = text.rpartition("\n")[2].strip()
    # Of a comment, and of what ends a block, nothing can be missing.
    return last not in ("", "}", "end", "next", "exit", "top") and last[0] not in "!#"


def whole(name: str, part: DeviceTunnel) -> DeviceTunnel | None:
    """The tunnel of the whole text that a tunnel of the cut one is: it begins on the same line."""
    same = [each for each in EXPECTED[name].tunnels if each.line == part.line]
    peers = [each for each in same if each.peer_address == part.peer_address]
    return next(iter(peers or same), None)


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_text_says_nothing_wrong(name: str) -> None:
    for cut in middles(TEXTS[name]):
        config = read(TEXTS[name][:cut], EXPECTED[name].vendor)
        assert MARK not in repr(config)
        for tunnel in config.tunnels:
            full = whole(name, tunnel)
            # What becomes no tunnel in the end (a passthrough, a template) is not AWS's either.
            known = settings(full) if full else {}
            for field, value in settings(tunnel).items() if full else ():
                if isinstance(value, tuple):
                    assert set(value) <= set(known[field]), (cut, field)
                else:
                    assert value == known[field], (cut, field)


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_text_is_said_to_be_cut(name: str) -> None:
    text = TEXTS[name]
    cuts = [cut for cut in middles(text) if cut > len(text) * 2 / 3]
    assert cuts
    for cut in cuts:
        assert any(
            word in notice
            for notice in read(text[:cut], EXPECTED[name].vendor).notices
            for word in ("cut off", "does not end")
        ), cut


def test_half_a_number_is_no_number() -> None:
    text = "crypto isakmp policy 10\n encr aes 256\n group 14"
    assert read(text + "\n").notices == ("the text defines no IPsec tunnel",)
    tunnel = (
        "interface Tunnel1\n tunnel destination 203.0.113.11\n tunnel protection ipsec profile P\n"
    )
    assert read(tunnel + text + "\n", "cisco-ios").tunnels[0].phase1_dh_groups == (14,)
    assert read(tunnel + text[:-1], "cisco-ios").tunnels[0].phase1_dh_groups == ()
