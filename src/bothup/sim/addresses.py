"""Addresses: which IP a gateway, a tunnel's outside and a tunnel's inside get."""

from collections.abc import Callable, Iterable

from bothup.sim.ids import digest

# RFC 5737 documentation ranges first; a fleet that is too large for them moves to the range for
# benchmarks (RFC 2544). None of them is routed anywhere.
_GATEWAYS = ("203.0.113",)
_OUTSIDES = ("192.0.2", "198.51.100")
_MANY_GATEWAYS = tuple(f"198.19.{third}" for third in range(256))
_MANY_OUTSIDES = tuple(f"198.18.{third}" for third in range(256))


class Pool:
    """Hands out each address once; the same name gets the same address unless it is taken."""

    def __init__(self, size: int, at: Callable[[int], str], taken: Iterable[str] = ()) -> None:
        self._size, self._at, self._taken = size, at, set(taken)

    def take(self, *name: str) -> str:
        """The address for `name`, or the next free one if another name came upon it first."""
        start = int.from_bytes(digest("address", *name)[:8])
        for step in range(self._size):
            address = self._at((start + step) % self._size)
            if address not in self._taken:
                self._taken.add(address)
                return address
        raise ValueError(f"all {self._size} addresses are taken")


def gateway_pool(sites: int, taken: Iterable[str] = ()) -> Pool:
    """Addresses for `sites` customer gateways."""
    return _hosts(_GATEWAYS if sites <= 200 else _MANY_GATEWAYS, taken)


def outside_pool(connections: int, taken: Iterable[str] = ()) -> Pool:
    """Outside addresses on AWS's side for `connections` of two tunnels each."""
    return _hosts(_OUTSIDES if connections <= 200 else _MANY_OUTSIDES, taken)


def inside_pool() -> Pool:
    """Blocks of four in 169.254.0.0/16 for the insides, clear of those that AWS reserves."""
    return Pool(160 * 64, lambda index: f"169.254.{8 + index // 64}.{index % 64 * 4}/30")


def _hosts(prefixes: tuple[str, ...], taken: Iterable[str]) -> Pool:
    return Pool(
        254 * len(prefixes), lambda index: f"{prefixes[index // 254]}.{index % 254 + 1}", taken
    )
