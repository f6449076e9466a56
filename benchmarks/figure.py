"""Figure: one measured number, what stands beside it, and what it has to reach."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from benchmarks.measure import Usage

Judged = Literal["ours", "ratio", "difference"]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """`ours` and `beside` are of the same unit and of the same run.

    `judged` says what `limit` holds for: ours by itself, ours divided by what stands beside it, or
    what ours takes more. A figure without a limit is there to be read.
    """

    case: str
    what: str
    unit: str
    ours: float
    beside: float | None = None
    beside_name: str = ""
    judged: Judged = "ours"
    limit: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours as a multiple of what stands beside it."""
        return self.ours / self.beside if self.beside else None

    @property
    def reached(self) -> bool | None:
        """Whether the limit is kept; None without one."""
        if self.limit is None:
            return None
        return self._compared() <= self.limit

    @property
    def target(self) -> str:
        """The limit in words."""
        if self.limit is None:
            return ""
        match self.judged:
            case "ours":
                return f"≤ {self.limit:g} {self.unit}"
            case "ratio":
                return f"≤ {self.limit:g} times"
            case "difference":
                return f"≤ {self.limit:g} {self.unit} more"

    def _compared(self) -> float:
        beside = self.beside or 0.0
        match self.judged:
            case "ours":
                return self.ours
            case "ratio":
                return self.ours / beside
            case "difference":
                return self.ours - beside


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two programs that did the same work in the same run, and the figures that come of it."""

    case: str
    ours: Usage
    beside: Usage
    beside_name: str

    def wall(
        self, limit: float | None = None, *, judged: Judged = "ratio", what: str = "wall"
    ) -> Figure:
        """Seconds from start to end."""
        return self._figure(what, "s", self.ours.wall, self.beside.wall, judged, limit)

    def peak(
        self, limit: float | None = None, *, judged: Judged = "ratio", what: str = "peak memory"
    ) -> Figure:
        """Resident memory at its highest."""
        return self._figure(what, "MB", self.ours.peak, self.beside.peak, judged, limit)

    def cpu(self, limit: float | None = None, *, targets: int) -> Figure:
        """Milliseconds of processor time that one of the Targets took."""
        ours, beside = (1000 * usage.cpu / targets for usage in (self.ours, self.beside))
        return self._figure("CPU of a Target", "ms", ours, beside, "ours", limit)

    def _figure(
        self, what: str, unit: str, ours: float, beside: float, judged: Judged, limit: float | None
    ) -> Figure:
        return Figure(
            case=self.case,
            what=what,
            unit=unit,
            ours=ours,
            beside=beside,
            beside_name=self.beside_name,
            judged=judged,
            limit=limit,
        )


def table(figures: Iterable[Figure]) -> str:
    """All figures as aligned text."""
    head = ("case", "figure", "ours", "beside it", "", "ratio", "target", "reached")
    rows = [head, *map(_row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def document(
    figures: Sequence[Figure], runs: int, unmeasured: dict[str, str], python: str
) -> bytes:
    """All figures as JSON, for a program to compare."""
    shown = [
        msgspec.to_builtins(figure) | {"ratio": figure.ratio, "reached": figure.reached}
        for figure in figures
    ]
    whole = {"runs": runs, "python": python, "figures": shown, "unmeasured": unmeasured}
    return msgspec.json.format(msgspec.json.encode(whole))


def _row(figure: Figure) -> tuple[str, ...]:
    beside, ratio = figure.beside, figure.ratio
    return (
        figure.case,
        figure.what,
        f"{figure.ours:.3g} {figure.unit}",
        "" if beside is None else f"{beside:.3g} {figure.unit}",
        figure.beside_name,
        "" if ratio is None else f"{ratio:.2f}",
        figure.target,
        {True: "yes", False: "NO", None: ""}[figure.reached],
    )
