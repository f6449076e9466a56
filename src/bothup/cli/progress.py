"""The progress bar on stderr, where stderr is a terminal; silence elsewhere."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Progress:
    """Counts Targets done and connections seen; a context manager that cleans up after itself."""

    def __init__(self, *, quiet: bool) -> None:
        """Show nothing where `quiet`, or where stderr is not a terminal."""
        self._bar = None if quiet or not sys.stderr.isatty() else _bar()
        self._task = self._bar.add_task("", total=None) if self._bar else None
        self.planned = self.done = self.failed = self.connections = self.seen = 0

    def __enter__(self) -> Self:
        """Start drawing."""
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Take the bar off the screen."""
        if self._bar:
            self._bar.stop()

    def plan(self, targets: int) -> None:
        """Expect so many Targets more."""
        self.planned += targets
        self._draw()

    def step(self, *, connections: int, read: bool) -> None:
        """Count one Target as done."""
        self.done += 1
        self.failed += not read
        self.connections += connections
        self._draw()

    def saw(self, records: int) -> None:
        """Count what came in of a Target that is being read."""
        self.seen += records
        self._draw()

    def _draw(self) -> None:
        if self._bar is None or self._task is None:
            return
        text = f"{self.done}/{self.planned} Targets · {self.connections} connections"
        if self.seen > self.connections:
            text += f" · {self.seen:,} resources seen"
        if self.failed:
            text += f" · {self.failed} not read"
        self._bar.update(self._task, total=self.planned, completed=self.done, description=text)


def _bar() -> "Bar":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        BarColumn(bar_width=24),
        TextColumn("{task.description}"),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
        console=Console(stderr=True),
        transient=True,
    )
