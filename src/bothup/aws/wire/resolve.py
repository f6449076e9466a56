"""Looking up addresses: once a host for the many connections that a run opens to it.

The operating system does not remember answers, and resolvers bound the questions (that of a VPC
takes 1024 packets a second), while a search list multiplies them.
"""

import asyncio
import socket

_REMEMBERED_SECONDS = 30.0


class Resolver:
    """Looks hosts up and remembers the addresses for half a minute; not the failures."""

    def __init__(self) -> None:
        self._lookups: dict[tuple[str, int], asyncio.Task[list[str]]] = {}

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the host's IP addresses, the best first; raise OSError where it has none."""
        lookup = self._lookups.get((host, port))
        if lookup is None:
            lookup = self._lookups[host, port] = asyncio.create_task(_addresses(host, port))
            lookup.add_done_callback(lambda done: self._remember(host, port, done))
        if lookup.done():
            return lookup.result()
        # Who gives up waiting must not take the answer away from the others.
        return await asyncio.shield(lookup)

    def failed(self, host: str, port: int, address: str) -> None:
        """Put an address last for the connections to come: nobody answered there."""
        lookup = self._lookups.get((host, port))
        if lookup and lookup.done() and address in (found := lookup.result()):
            found.remove(address)
            found.append(address)

    def _remember(self, host: str, port: int, lookup: asyncio.Task[list[str]]) -> None:
        if lookup.cancelled() or lookup.exception():
            self._forget(host, port)
        else:
            loop = asyncio.get_running_loop()
            loop.call_later(_REMEMBERED_SECONDS, self._forget, host, port)

    def _forget(self, host: str, port: int) -> None:
        self._lookups.pop((host, port), None)


async def _addresses(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(info[4][0]) for info in infos]
