"""Every connection of a simulated AWS on real daemons, for as long as it is served."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bothup.errors import UsageError
from bothup.lab.lab import Lab, kept
from bothup.sim.world import World

# Each connection takes three IKE daemons of 10 MB, and up to three of BGP.
MOST = 8


@contextlib.contextmanager
def real_endpoints(world: World) -> Iterator[tuple[Lab, ...]]:
    """Put each available connection of the world on real daemons.

    Raises UsageError where there are more than `MOST`.
    """
    chosen = [each for each in world.connections() if each.state == "available"]
    if len(chosen) > MOST:
        raise UsageError(
            f"the scenario has {len(chosen)} connections; a laboratory holds {MOST} at most"
        )
    with kept(), contextlib.ExitStack() as stack:
        labs = tuple(Lab(world, each) for each in chosen)
        with ThreadPoolExecutor(MOST) as pool:
            for lab in pool.map(Lab.__enter__, labs):
                stack.push(lab)
        yield labs
