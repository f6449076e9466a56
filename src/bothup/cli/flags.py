"""How a flag is described: its text, its names where it has others than its own, its group."""

from typing import Any

from cyclopts import Group, Parameter


def flag(text: str, *names: str, group: Group | None = None, hyphen: bool = False) -> Parameter:
    """Describe a flag; `hyphen` lets its value begin with one, as the - of stdin does."""
    # A group of None would be no group, in which nothing is shown.
    grouped: dict[str, Any] = {"group": group} if group else {}
    return Parameter(
        name=names or None,
        help=text,
        negative=(),
        show_default=False,
        allow_leading_hyphen=hyphen,
        **grouped,
    )
