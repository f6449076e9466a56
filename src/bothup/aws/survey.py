"""Survey: every connection in the Targets at hand, read as a scan reads them, while others wait."""

import asyncio
from collections.abc import Collection, Coroutine, Iterator

from bothup.aws.fleet import Event, TargetRead
from bothup.model.connection import Malformed, VpnConnection
from bothup.model.target import Coverage, CoverageStatus, Target

Record = VpnConnection | Malformed


class Survey:
    """What has been read so far, by Target; `unread` are the Targets that could not be read."""

    def __init__(self) -> None:
        """Wait for `begin`; `take` is the sink of the reading."""
        self.records: dict[Target, tuple[Record, ...]] = {}
        self.unread: list[Coverage] = []
        self._news = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    def begin(self, reading: Coroutine[None, None, None]) -> None:
        """Let the reading run from now on."""
        self._reading = asyncio.create_task(reading)
        self._reading.add_done_callback(lambda _: self._news.set())

    def take(self, event: Event) -> None:
        """Take what the reading tells."""
        if not isinstance(event, TargetRead):
            return
        covered = event.coverage
        if covered.status is CoverageStatus.READ:
            target = Target(account=covered.account, region=covered.region)
            self.records[target] = event.records
        else:
            self.unread.append(covered)
        self._news.set()

    @property
    def done(self) -> bool:
        """Whether every Target was read, or could not be."""
        return self._reading is not None and self._reading.done()

    async def find(self, ids: Collection[str]) -> dict[str, Record]:
        """Wait for these connections, but no longer than until all is read.

        Raises what the reading raises.
        """
        while True:
            self._news.clear()
            found = {each.id: each for each in self.all() if each.id in ids}
            if len(found) == len(set(ids)):
                return found
            if self.done:
                await self.finished()
                return found
            await self._news.wait()

    async def finished(self, seconds: float | None = None) -> bool:
        """Wait until all is read, for so many seconds at most; raises what the reading raises."""
        if self._reading is None:
            return False
        done, _ = await asyncio.wait({self._reading}, timeout=seconds)
        for reading in done:
            reading.result()
        return bool(done)

    async def stop(self) -> None:
        """End the reading; what goes wrong with it now concerns nobody any more."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def all(self) -> Iterator[Record]:
        """Yield every connection that was read so far."""
        for records in self.records.values():
            yield from records
