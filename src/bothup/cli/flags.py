"""How a flag is described: its text, its names where it has others than its own, its group."""

from typing import Any

from cyclopts import Group, Parameter

from bothup.errors import UsageError


def flag(text: str, *names: str, group: Group | None = None, hyphen: bool = False) -> Parameter:
    """Describe a flag; `hyphen` is for one that takes a file: - is stdin, another flag is none."""
    # A group of None would be no group, in which nothing is shown.
    grouped: dict[str, Any] = {"group": group} if group else {}
    return Parameter(
        name=names or None,
        help=text,
        negative=(),
        show_default=False,
        allow_leading_hyphen=hyphen,
        validator=_no_flag if hyphen else None,
        **grouped,
    )


def _no_flag(_: Any, value: str | tuple[str, ...] | None) -> None:
    """Refuse a flag where a file is expected; raises UsageError."""
    for each in (value,) if isinstance(value, str) else value or ():
        if each.startswith("-") and each != "-":
            raise UsageError(f"{each} stands where a file is expected; such a file is ./{each}")
