"""One question for all who ask, and nobody waits for the others."""

import asyncio
import socket
from typing import Any

import pytest

from bothup.aws.wire.resolve import Resolver


class Names:
    """The operating system's name service, which fails a few times first."""

    def __init__(self, failures: int = 0) -> None:
        self._real, self._failures = socket.getaddrinfo, failures
        self.asked = 0

    def __call__(self, *rest: Any, **options: Any) -> list[Any]:
        self.asked += 1
        if self.asked <= self._failures:
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        return self._real(*rest, **options)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names)
    return names


def test_all_who_ask_are_answered_at_once(names: Names) -> None:
    async def run() -> None:
        resolver = Resolver()
        waiting = [asyncio.create_task(resolver.addresses("127.0.0.1", 80)) for _ in range(200)]
        assert await waiting[0] == ["127.0.0.1"]
        # A busy loop's turns are long, so it must not take one turn for each.
        for _ in range(3):
            await asyncio.sleep(0)
        assert all(task.done() for task in waiting)
        assert names.asked == 1

    asyncio.run(run())


def test_who_gives_up_does_not_take_the_answer_away(names: Names) -> None:
    async def run() -> None:
        resolver = Resolver()
        first, second = (asyncio.create_task(resolver.addresses("127.0.0.1", 80)) for _ in "ab")
        await asyncio.sleep(0)
        first.cancel()
        assert await second == ["127.0.0.1"]
        assert names.asked == 1

    asyncio.run(run())


def test_a_failure_is_everybodys_but_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(failures=1)
    monkeypatch.setattr(socket, "getaddrinfo", names)

    async def run() -> None:
        resolver = Resolver()
        asking = [resolver.addresses("127.0.0.1", 80) for _ in range(3)]
        found = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(each) for each in found] == [socket.gaierror] * 3
        assert await resolver.addresses("127.0.0.1", 80) == ["127.0.0.1"]
        assert names.asked == 2

    asyncio.run(run())


def test_an_address_that_failed_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def two(host: str, *rest: Any, **options: Any) -> list[Any]:
        return [
            info for each in ("127.0.0.3", "127.0.0.1") for info in real(each, *rest, **options)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", two)

    async def run() -> None:
        resolver = Resolver()
        assert await resolver.addresses("service", 80) == ["127.0.0.3", "127.0.0.1"]
        resolver.failed("service", 80, "127.0.0.3")
        assert await resolver.addresses("service", 80) == ["127.0.0.1", "127.0.0.3"]

    asyncio.run(run())
