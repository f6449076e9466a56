"""A file in the making: written beside its place and moved there whole, with the mode it is due."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from bothup.errors import UsageError


class Draft:
    """What is going to be the file at `path`, once `settle` is called.

    Until then a file of that name is untouched, for a run may read what it is going to replace; it
    hands its mode on. Devices and pipes are written directly. A context manager, at whose end a
    draft that was never settled is removed. Every method raises UsageError, naming the file, where
    it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        """Begin the draft."""
        self._path, self._draft = path, ""
        with self._named():
            if path.exists() and not path.is_file():
                self._file: TextIO = path.open("w", encoding="utf-8")
                return
            import tempfile  # most runs write to stdout

            place, self._draft = tempfile.mkstemp(
                dir=path.resolve().parent, prefix=f".{path.name}."
            )
            self._file = os.fdopen(place, "w", encoding="utf-8")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the file; one that never got its place is removed."""
        try:
            with self._named():
                self._file.close()
        except UsageError:
            # What could not be written was told already, or there is worse to tell.
            if error is None:
                raise
        finally:
            if self._draft:
                Path(self._draft).unlink()

    def write(self, pieces: Iterable[str]) -> None:
        """Write on, and let a reader have it at once."""
        with self._named():
            self._file.writelines(pieces)
            self._file.flush()

    def settle(self) -> None:
        """Take the place of the file, unless that is done; what follows is written there."""
        if not self._draft:
            return
        with self._named():
            os.fsync(self._file.fileno())
            place = self._path.resolve()
            Path(self._draft).chmod(place.stat().st_mode if place.exists() else 0o666 & ~_umask())
            Path(self._draft).replace(place)
            self._draft = ""

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UsageError(f"cannot write {self._path}: {error.strerror}") from None


def save(path: Path, pieces: Iterable[str]) -> None:
    """Write a whole file, or none; raises UsageError where it cannot be written."""
    with Draft(path) as draft:
        draft.write(pieces)
        draft.settle()


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
