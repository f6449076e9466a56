"""Outcome: what became of one fault in the closed loop."""

import msgspec


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one fault.

    `detected` and `cured` are seconds, None where it was not. `named_alone` is the cause that was
    named from the connection's id alone, `named` with the device's log and configuration, too.
    `sibling_lost` is whether the other tunnel lost its SA at any time, `gaps` are when and by what.
    `problem` is what went wrong otherwise. `seconds` is how long it took in all. `first` is what
    became of the first go, where this is the second.
    """

    fault: str
    cause: str
    cure: str
    detected: float | None = None
    named_alone: str = ""
    named: str = ""
    cured: float | None = None
    sibling_lost: bool | None = None
    gaps: tuple[str, ...] = ()
    problem: str = ""
    seconds: float = 0.0
    first: "Outcome | None" = None

    @property
    def held(self) -> bool:
        """Whether all that is claimed holds."""
        well = self.detected is not None and self.cured is not None and not self.problem
        return well and self.named == self.cause and not self.sibling_lost

    @property
    def unforgivable(self) -> bool:
        """Whether the sibling was lost where bothup itself changed something."""
        return self.cure == "aws" and bool(self.sibling_lost)
