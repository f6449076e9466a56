"""Work of the SDK that blocks, done aside in a thread that nobody has to wait for.

A thread of an executor would hold up the end of the run until the SDK gives up, minutes later; this
one dies with the process.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from bothup.aws.budget import Budget
from bothup.errors import Unreachable

_T = TypeVar("_T")


async def aside(work: Callable[[], _T], what: str, budget: Budget) -> _T:
    """Return or raise what the work does; raises Unreachable, naming `what`, when time is up."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[_T] = loop.create_future()

    def settle(result: _T | None, error: Exception | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # a result that may be None

    def run() -> None:
        result: _T | None = None
        error: Exception | None = None
        try:
            result = work()
        except Exception as raised:  # noqa: BLE001 - raised again by whoever waits
            error = raised
        # Whoever waited may have gone, and the loop with them.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True).start()
    try:
        async with asyncio.timeout(budget.left):
            return await done
    except TimeoutError:
        raise Unreachable(f"no answer on {what} in time") from None
