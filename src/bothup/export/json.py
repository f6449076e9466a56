"""JSON: the whole plan (`bothup.plan/1`), which `bothup apply` carries out."""

from collections.abc import Iterator

import msgspec

from bothup.model.plan import Plan
from bothup.report._look import Look


def render(plan: Plan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield the plan as indented JSON."""
    yield msgspec.json.format(msgspec.json.encode(plan), indent=2).decode()
    yield "\n"
