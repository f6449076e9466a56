"""JSON Lines, written while a run goes on."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from bothup.cli.output import say
from bothup.errors import UsageError


class Stream:
    """Writes lines as they come, so that a run that is killed leaves what it had.

    A file gets its name when `settle` is called; one of the same name is untouched until then, for
    a run may resume from the file that it writes. A context manager, which closes the file.
    """

    def __init__(self, path: Path | None) -> None:
        """Write to `path`, or to stdout for None; raises UsageError where that is not possible."""
        self._path, self._draft = path, ""
        self._file: TextIO | None = None
        if path is None:
            return
        try:
            if path.exists() and not path.is_file():
                self._file = path.open("w", encoding="utf-8")
            else:
                place, self._draft = tempfile.mkstemp(
                    dir=path.resolve().parent, prefix=f".{path.name}."
                )
                self._file = os.fdopen(place, "w", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}") from None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the file; one that never got its name is removed."""
        if self._file:
            self._file.close()
        if self._draft:
            Path(self._draft).unlink()

    def write(self, lines: Iterable[str]) -> None:
        """Write whole lines, and let a reader have them at once."""
        if self._file is None:
            say(lines)
            return
        self._file.writelines(lines)
        self._file.flush()

    def settle(self) -> None:
        """Give the file its name."""
        if self._path is not None and self._draft:
            Path(self._draft).chmod(0o644)
            Path(self._draft).replace(self._path.resolve())
            self._draft = ""
