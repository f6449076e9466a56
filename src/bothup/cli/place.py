"""Where a document goes, as -o FORMAT[=FILE] says it."""

from collections.abc import Sequence
from pathlib import Path

from bothup.errors import UsageError


def split(option: str) -> tuple[str, Path | None]:
    """Return the format and the file, None for stdout ("-", or nothing said).

    Raises UsageError for a file that is not named, or that cannot be one.
    """
    name, equals, file = option.partition("=")
    if equals and not file:
        raise UsageError(f"-o {option}: the name of the file is missing")
    path = Path(file) if file and file != "-" else None
    if path is not None and not path.parent.is_dir():
        raise UsageError(f"-o {option}: there is no folder {path.parent}")
    if path is not None and path.is_dir():
        raise UsageError(f"-o {option}: {path} is a folder")
    return name, path


def expect_apart(places: Sequence[Path | None]) -> None:
    """Raise UsageError where two documents would go to one place."""
    if places.count(None) > 1:
        raise UsageError(
            "only one -o format can go to stdout; give the others a FILE: -o json=FILE"
        )
    if len(set(places)) < len(places):
        raise UsageError("two -o formats go to the same file")
