"""A bound on the bytes of answers that are held at one time, so that memory follows no fleet."""

from typing import Protocol


class Pausable(Protocol):
    """Something that reads an answer and can be told to wait."""

    def pause(self) -> None:
        """Stop reading."""

    def resume(self) -> None:
        """Go on reading."""


class HeldBytes:
    """Counts the bytes of unread and half-read answers, and pauses their readers over the limit.

    The reader whose answer began first is never paused, so one answer at least always comes to its
    end, is read, and makes room: no two can wait for each other. The bound is the limit, and what
    each connection may still bring in one piece.
    """

    def __init__(self, limit: int) -> None:
        """Let `limit` bytes be held."""
        self._limit = limit
        self._held = 0
        self._reading: dict[Pausable, None] = {}
        self._paused: set[Pausable] = set()

    @property
    def held(self) -> int:
        """Bytes held now."""
        return self._held

    def take(self, reader: Pausable, size: int) -> None:
        """Count bytes that a reader has received."""
        self._held += size
        self._reading.setdefault(reader)
        if self._held > self._limit and next(iter(self._reading)) is not reader:
            reader.pause()
            self._paused.add(reader)

    def done(self, reader: Pausable) -> None:
        """Say that a reader reads no further; what it has received is yet to be given back."""
        self._reading.pop(reader, None)
        if reader in self._paused:
            self._paused.remove(reader)
            reader.resume()

    def give(self, size: int) -> None:
        """Give back bytes that nobody holds any longer."""
        self._held -= size
        self._let_go_on()

    def _let_go_on(self) -> None:
        if not self._paused:
            return
        free = self._held <= self._limit
        for reader in list(self._paused) if free else [next(iter(self._reading))]:
            if reader in self._paused:
                self._paused.remove(reader)
                reader.resume()
