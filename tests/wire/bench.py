"""What a call costs: `python tests/wire/bench.py [calls] [in flight]`.

A minimal server answers from another process over plain HTTP, so that the CPU time measured is the
client's alone: signing, sending, receiving, cutting out secrets, reading.
"""

import asyncio
import multiprocessing
import multiprocessing.connection
import resource
import sys
import time

from answers import connections

from bothup.aws.wire import Credentials, Endpoint, Wire, operation


class _Canned(asyncio.Protocol):
    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        # A request is small and the next one waits for its answer, so it comes in one piece.
        self._transport.write(self._answer)


def _serve(body: bytes, port: multiprocessing.connection.Connection) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body)

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: _Canned(answer + body), "127.0.0.1", 0, backlog=1024
        )
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


async def _calls(port: int, calls: int, in_flight: int) -> tuple[float, float]:
    endpoint = Endpoint(f"http://127.0.0.1:{port}", "eu-west-1", "ec2")
    describe = operation("ec2", "DescribeVpnConnections")
    left = iter(range(calls))

    async def work(wire: Wire) -> None:
        for number in left:
            # Another account with each call, as in a fleet: no signing key serves twice.
            credentials = Credentials(f"AKID{number}", f"secret{number}", "token" * 100)
            await wire.call(describe, {}, endpoint=endpoint, credentials=credentials, timeout=60)

    async with Wire(per_host=in_flight) as wire:
        cpu, wall = time.process_time(), time.perf_counter()
        await asyncio.gather(*(work(wire) for _ in range(in_flight)))
        return time.process_time() - cpu, time.perf_counter() - wall


def main(calls: int = 20_000, in_flight: int = 256) -> None:
    for count in (0, 2):
        body = connections(count)
        ours, theirs = multiprocessing.Pipe()
        server = multiprocessing.Process(target=_serve, args=(body, theirs), daemon=True)
        server.start()
        port = ours.recv()
        for share in (10, 1, 1):
            cpu, wall = asyncio.run(_calls(port, calls // share, in_flight))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{count} connections ({len(body)} B), {calls // share} calls, {in_flight} in "
                f"flight: {cpu / (calls // share) * 1e6:.0f} us CPU a call, {wall:.2f} s, "
                f"peak {peak:.0f} MB"
            )
        server.terminate()
        server.join()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
