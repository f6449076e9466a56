"""Many faults, several laboratories at once."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from bothup.lab.fault import Fault
from bothup.lab.lab import kept
from bothup.lab.loop import Outcome, run_fault
from bothup.lab.owner import sweep, this_process

# A laboratory mostly waits for timers; its processor time is that of bothup's own verbs.
PER_CORE = 4


def run_faults(faults: Sequence[Fault], jobs: int | None = None) -> Iterator[Outcome]:
    """The outcomes as they come; `jobs` laboratories at once, by default four to a core."""
    with kept(), ThreadPoolExecutor(jobs or PER_CORE * (os.cpu_count() or 1)) as pool:
        started = [pool.submit(run_fault, each) for each in faults]
        try:
            for done in as_completed(started):
                yield done.result()
        except BaseException:
            # Whoever interrupts does not want to wait: without daemons the others end, too.
            pool.shutdown(wait=False, cancel_futures=True)
            sweep(this_process())
            raise
