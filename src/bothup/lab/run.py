"""Many faults, several laboratories at once, and a second go for the few that stumbled."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import msgspec

from bothup.lab.fault import Fault
from bothup.lab.lab import kept
from bothup.lab.loop import run_fault
from bothup.lab.outcome import Outcome
from bothup.lab.owner import sweep, this_process

# A laboratory mostly waits for timers; its processor time is that of bothup's own verbs.
PER_CORE = 4
# A busy machine makes a few stumble; where more do, it is not that.
MOST_AGAIN = 5


def run_faults(
    faults: Sequence[Fault], jobs: int | None = None, kept_in: Path | None = None
) -> Iterator[Outcome]:
    """The outcomes as they come; `jobs` laboratories at once, by default four to a core.

    Those that are `deserving` get a second go, alone, when everything else is through. `kept_in` is
    for `run_fault`; of a second go it is the folder `second-go` in it.
    """
    known = {each.id: each for each in faults}
    with kept():
        stumbled = []
        for outcome in _side_by_side(faults, jobs, kept_in):
            if outcome.held:
                yield outcome
            else:
                stumbled.append(outcome)
        again = deserving(stumbled)
        for outcome in stumbled:
            if outcome in again:
                second = run_fault(known[outcome.fault], kept_in and kept_in / "second-go")
                yield msgspec.structs.replace(second, first=outcome)
            else:
                yield outcome


def deserving(stumbled: Sequence[Outcome]) -> list[Outcome]:
    """Those that get a second go: never a sibling lost by bothup's own change, and none of many."""
    return [each for each in stumbled if len(stumbled) <= MOST_AGAIN and not each.unforgivable]


def _side_by_side(
    faults: Sequence[Fault], jobs: int | None, kept_in: Path | None
) -> Iterator[Outcome]:
    with ThreadPoolExecutor(jobs or PER_CORE * (os.cpu_count() or 1)) as pool:
        started = [pool.submit(run_fault, each, kept_in) for each in faults]
        try:
            for done in as_completed(started):
                yield done.result()
        except BaseException:
            # Whoever interrupts does not want to wait: without daemons the others end, too.
            pool.shutdown(wait=False, cancel_futures=True)
            sweep(this_process())
            raise
