"""A rule's docstring as the page it is: a title, then sections under `##` headings."""

import inspect
from types import ModuleType

import msgspec

SECTIONS = (
    "What it checks",
    "Why it matters",
    "How to fix it",
    "When it is a false positive",
)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The documentation of one rule; `sections` maps heading to Markdown text, in order."""

    title: str
    sections: dict[str, str]


def page(module: ModuleType) -> Page:
    """Read a module's docstring into a Page."""
    title, _, body = (inspect.getdoc(module) or "").partition("\n")
    sections: dict[str, str] = {}
    for part in body.split("\n## ")[1:]:
        heading, _, text = part.partition("\n")
        sections[heading.strip()] = text.strip()
    return Page(title=title.strip(), sections=sections)
