"""The whole scan as one JSON document, `bothup.scan/1`."""

from collections.abc import Iterator

import msgspec

from bothup.model.scan import Scan
from bothup.report._look import Look


def render(scan: Scan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield the document, indented, with a newline at its end."""
    yield msgspec.json.format(msgspec.json.encode(scan), indent=2).decode()
    yield "\n"
