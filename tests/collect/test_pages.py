"""What people see of a diagnosis, in every form; goldens: UPDATE_GOLDEN=1 pytest tests/collect."""

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bothup.errors import UsageError
from bothup.model.connection import TunnelStatus
from bothup.pages import Found, forms, renderer
from bothup.report._look import Look
from tests.collect.diagnoses import ALL, BROKEN, EVIL, HOSTILE, OTHER, UNREAD

GOLDEN = Path(__file__).parent / "golden"


def rendered(form: str, found: Found, **look: bool) -> str:
    return "".join(renderer(form)(found, Look(width=100, **look)))


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_golden(form: str) -> None:
    golden = GOLDEN / f"diagnoses.{form}"
    shown = rendered(form, ALL)
    if "UPDATE_GOLDEN" in os.environ:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, "utf-8")
    assert shown == golden.read_text("utf-8")


def test_every_form_is_known() -> None:
    assert forms() == ("html", "json", "markdown", "text")
    with pytest.raises(UsageError, match="did you mean markdown"):
        renderer("markdwon")


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_page_tells_all_that_matters(form: str) -> None:
    shown = re.sub(r"\\|<[^>]+>", "", rendered(form, Found(diagnoses=(BROKEN,))))
    shown = re.sub(r"\s+", " ", shown.replace("&quot;", '"').replace("&#x27;", "'"))
    for part in (
        "for 3h 0m, since 2026-11-24 09:00:00 UTC",
        "confirmed, 97%",
        "Psk mismatch (psk-mismatch)",
        "the keys differ (12 times)",
        'activity log, 2026-11-24 11:55:00 UTC: line 812: AWS tunnel detected a "mismatch"',
        "device log: gw.log, line 3: Nov 24 11:55:00 gw charon: no",
        "possible, 34%",
        "the connection has no BGP",
        "the device's own log tells more",
        "bothup diagnose vpn-0a1b2c3d4e5f60718 --device-log FILE",
        "Enter the key again.",
        f"{OTHER} is changing right now",
    ):
        assert part in shown, part


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_page_is_short_where_all_is_well(form: str) -> None:
    shown = rendered(form, Found(diagnoses=(BROKEN,)))
    well = shown[shown.index(f"Tunnel {OTHER}") :]
    assert "healthy" in well
    assert "bgp-down" not in well
    assert "BGP log" not in shown, "what is missing of the other tunnel alone is not told of this"
    assert "bgp-down" in rendered(form, Found(diagnoses=(BROKEN,)), verbose=True)[len(shown) // 2 :]


def test_one_diagnosis_is_a_document_and_several_are_a_list() -> None:
    assert (
        json.loads(rendered("json", Found(diagnoses=(BROKEN,))))["schema"] == "bothup.diagnosis/1"
    )
    for found in (ALL, Found(diagnoses=()), Found(diagnoses=(BROKEN,), unread=(UNREAD,))):
        told = json.loads(rendered("json", found))
        assert told["schema"] == "bothup.diagnoses/1"
        assert len(told["diagnoses"]) == len(found.diagnoses)
        assert len(told["not_read"]) == len(found.unread)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_is_whole_needs_nothing_and_lets_nothing_out() -> None:
    shown = rendered("html", Found(diagnoses=(EVIL, BROKEN), unread=(UNREAD,)), verbose=True)
    tags = Tags()
    tags.feed(shown)
    assert tags.open == []
    assert not {"script", "link", "img", "iframe", "a", "b"} & set(tags.seen)
    assert "http" not in shown
    assert "url(" not in shown
    assert shown.count("&lt;script&gt;") >= 12
    assert "@media print" in shown


def test_markdown_lets_nothing_out() -> None:
    shown = rendered("markdown", Found(diagnoses=(EVIL,)), verbose=True)
    for line in shown.splitlines():
        if not line.startswith(" " * 6):
            assert not re.search(r"(?<!\\)<script", line)
            assert not re.search(r"(?<!\\)\*\*bold", line)


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_no_form_moves_the_cursor(form: str) -> None:
    assert "\x1b" in HOSTILE
    assert "\x1b" not in rendered(form, Found(diagnoses=(EVIL,)), verbose=True)


def test_colour_is_for_terminals_only() -> None:
    assert "\x1b[" in rendered("text", ALL, colour=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", rendered("text", ALL, colour=True)) == rendered("text", ALL)


def test_lines_fit_the_screen_but_for_commands() -> None:
    wide = [line for line in rendered("text", ALL).splitlines() if len(line) > 100]
    assert all(re.match(r" {8}\S", line) for line in wide)
    assert BROKEN.tunnels[0].status is TunnelStatus.DOWN
