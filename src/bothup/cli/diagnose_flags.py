"""Flags of `bothup diagnose` and `bothup collect`: the time that is asked about, and the pages."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from bothup.cli.flags import flag
from bothup.errors import UsageError

# Between the two readings of the telemetry, in seconds.
INTERVAL = 5.0
_LONGEST_INTERVAL = 3600.0


@Parameter(name="*")
@dataclass(frozen=True)
class When:
    """The time that is asked about: now, unless one is named."""

    at: Annotated[str | None, flag("Time of a past incident, as 2026-11-24T05:30Z.")] = None
    since: Annotated[str | None, flag("Look back so far: 90m, 6h, 2d, or a time.")] = None

    @property
    def any(self) -> bool:
        """Whether a time is named."""
        return bool(self.at or self.since)


@Parameter(name="*")
@dataclass(frozen=True)
class Reading:
    """How times and telemetry are read."""

    timezone: Annotated[
        str, flag("Zone of times in the device's log that name none, as Europe/Berlin (UTC).")
    ] = "UTC"
    telemetry_interval: Annotated[
        float, flag("Seconds between two readings of the telemetry, to see a flap (5; 0: one).")
    ] = INTERVAL

    def check(self) -> None:
        """Raise UsageError where the interval is no time that can be waited."""
        if not 0 <= self.telemetry_interval <= _LONGEST_INTERVAL:
            raise UsageError(
                f"--telemetry-interval {self.telemetry_interval:g}: expected 0 to "
                f"{_LONGEST_INTERVAL:g} seconds"
            )


@Parameter(name="*")
@dataclass(frozen=True)
class Pages:
    """What is written where, and how much is said."""

    output: Annotated[
        tuple[str, ...],
        flag(
            "FORM[=FILE], repeatable: text (the default), json, markdown, html.", "--output", "-o"
        ),
    ] = ()
    quiet: Annotated[bool, flag("Say nothing on stderr but errors.", "--quiet", "-q")] = False
    verbose: Annotated[bool, flag("Show all of every tunnel.", "--verbose", "-v")] = False
    debug: Annotated[bool, flag("Log every call to AWS on stderr: no bodies.")] = False
