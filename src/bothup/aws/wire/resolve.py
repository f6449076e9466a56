"""Looking up addresses: once a host for the many connections that a run opens to it.

The operating system does not remember answers, and resolvers bound the questions (that of a VPC
takes 1024 packets a second), while a search list multiplies them.
"""

import asyncio
import socket
from collections import defaultdict

_REMEMBERED_SECONDS = 30.0


class Resolver:
    """Looks hosts up and remembers the addresses for half a minute; not the failures."""

    def __init__(self) -> None:
        self._locks = defaultdict[tuple[str, int], asyncio.Lock](asyncio.Lock)
        self._known: dict[tuple[str, int], tuple[float, list[str]]] = {}

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the host's IP addresses, the best first; raise OSError where it has none."""
        loop = asyncio.get_running_loop()
        async with self._locks[host, port]:
            until, found = self._known.get((host, port), (0.0, []))
            if loop.time() >= until:
                infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                found = [str(info[4][0]) for info in infos]
                self._known[host, port] = (loop.time() + _REMEMBERED_SECONDS, found)
            return found

    def failed(self, host: str, port: int, address: str) -> None:
        """Put an address last for the connections to come: nobody answered there."""
        _, found = self._known.get((host, port), (0.0, []))
        if address in found:
            found.remove(address)
            found.append(address)
