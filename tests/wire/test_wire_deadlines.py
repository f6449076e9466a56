"""Many limits, one timer: each ends its own block, at its own time, and nothing else."""

import asyncio
import time

import pytest

from bothup.aws.wire.deadlines import Deadlines


async def _sleep(deadlines: Deadlines, limit: float, seconds: float) -> str:
    began = time.monotonic()
    try:
        with deadlines.within(limit):
            await asyncio.sleep(seconds)
    except TimeoutError:
        assert limit <= time.monotonic() - began < limit + 0.2
        return "late"
    return "done"


def test_each_block_ends_at_its_own_time() -> None:
    async def run() -> list[str]:
        deadlines = Deadlines()
        found = await asyncio.gather(
            _sleep(deadlines, 5, 0.01),
            _sleep(deadlines, 0.1, 5),
            _sleep(deadlines, 0.02, 5),
            _sleep(deadlines, 0.05, 0.2),
            _sleep(deadlines, 0, 5),
            _sleep(deadlines, 0.3, 0.25),
        )
        deadlines.close()
        return found

    assert asyncio.run(run()) == ["done", "late", "late", "late", "late", "done"]


def test_a_limit_that_is_over_leaves_the_task_alone() -> None:
    async def run() -> None:
        deadlines = Deadlines()
        assert await _sleep(deadlines, 0.05, 0.01) == "done"
        assert await _sleep(deadlines, 0.02, 1) == "late"
        await asyncio.sleep(0.1)
        assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]

    asyncio.run(run())


def test_one_limit_inside_another() -> None:
    async def run() -> str:
        deadlines = Deadlines()
        with pytest.raises(TimeoutError), deadlines.within(0.05):
            await _sleep(deadlines, 5, 5)
        return await _sleep(deadlines, 0.05, 5)

    assert asyncio.run(run()) == "late"


@pytest.mark.parametrize("limit", [0.02, 5])
def test_a_task_that_is_cancelled_stays_cancelled(limit: float) -> None:
    async def run() -> bool:
        deadlines = Deadlines()
        task = asyncio.create_task(_sleep(deadlines, limit, 5))
        await asyncio.sleep(0)
        # So that limit and cancellation come in the same turn of the loop.
        time.sleep(0.05)  # noqa: ASYNC251
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(run())


def test_an_error_in_the_block_is_its_own() -> None:
    async def run() -> None:
        with Deadlines().within(1):
            raise KeyError("own")

    with pytest.raises(KeyError, match="own"):
        asyncio.run(run())
