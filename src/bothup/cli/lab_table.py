"""The table of `bothup lab run`, and whether what it says is what is promised."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bothup.lab.outcome import Outcome


def promised(found: Sequence["Outcome"]) -> bool:
    """Whether all was seen and cured, 19 of 20 named, and no sibling lost an SA."""
    named = sum(each.named == each.cause for each in found)
    return named >= _NAMED * len(found) and all(
        each.detected is not None and each.cured is not None and not each.sibling_lost
        for each in found
    )


_NAMED = 0.95
_HEAD = ("fault", "cause", "detected", "from the id", "named", "cured by", "cured", "sibling", "")


def table(found: Sequence["Outcome"], seconds: float) -> Iterator[str]:
    """Yield a row for each fault, one more for a second go, and what they come to.

    `seconds` is how long all of it took.
    """
    goes = [go for each in found for go in (each.first, each) if go]
    rows = [_HEAD, *(_row(each) for each in goes)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEAD))]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip() + "\n"
    yield (
        f"{len(found)} faults in {seconds:.0f} s: "
        f"{sum(e.detected is not None for e in found)} detected, "
        f"{sum(e.named_alone == e.cause for e in found)} named from the id alone, "
        f"{sum(e.named == e.cause for e in found)} with the device's side, "
        f"{sum(e.cured is not None for e in found)} cured, "
        f"{len({e.fault for e in goes if e.sibling_lost})} lost the sibling"
    )
    second = sum(each.held for each in found if each.first)
    yield f", {second} held at the second go only\n" if second else "\n"
    for each in goes:
        for told in (each.problem, *each.gaps):
            if told:
                yield f"{each.fault}: {told}\n"


def _row(one: "Outcome") -> tuple[str, ...]:
    sibling = {None: "-", True: "LOST", False: "kept"}[one.sibling_lost]
    return (
        one.fault,
        one.cause,
        _seconds(one.detected),
        _named(one.named_alone, one.cause),
        _named(one.named, one.cause),
        one.cure,
        _seconds(one.cured),
        sibling,
        _held(one),
    )


def _held(one: "Outcome") -> str:
    if one.held:
        return "held at the second go" if one.first else ""
    return "DOES NOT HOLD" + (" at the second go" if one.first else "")


def _named(name: str, cause: str) -> str:
    return "yes" if name == cause else name or "-"


def _seconds(seconds: float | None) -> str:
    return "NO" if seconds is None else f"{seconds:.1f} s"
