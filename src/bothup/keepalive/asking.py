"""Asking: one packet to a host, and how long the answer takes.

ICMP echo goes over a datagram socket where the kernel lets this group send so (Linux, sysctl
net.ipv4.ping_group_range; macOS always), which needs no root, else over a raw one; without either,
a TCP connection to a port is asked for, and a refusal is an answer as good as any.
Sources: RFC 792 and RFC 4443 (echo request and reply), icmp(7).
"""

import asyncio
import contextlib
import ipaddress
import os
import socket
import struct
import time
from collections.abc import Callable

import msgspec

_REQUESTS = {socket.AF_INET: (8, 0), socket.AF_INET6: (128, 129)}
_PROTOCOLS = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}
_HEADER = struct.Struct("!BBHHH")
_PAYLOAD = b"bothup keep-alive".ljust(48, b".")


class Host(msgspec.Struct, frozen=True):
    """Whom to ask; `port` has it asked by TCP. `bind` is an own address or interface to send from.

    `name` is what it is called in what is written.
    """

    address: str
    port: int | None = None
    bind: str | None = None

    @property
    def name(self) -> str:
        """IP, IP:PORT or [IPv6]:PORT."""
        if self.port is None:
            return self.address
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return f"{shown}:{self.port}"

    @property
    def family(self) -> socket.AddressFamily:
        """IPv4 or IPv6."""
        return socket.AF_INET6 if ":" in self.address else socket.AF_INET


def can_echo(family: socket.AddressFamily = socket.AF_INET) -> bool:
    """Say whether this process may send ICMP echo requests."""
    try:
        _echo_socket(family).close()
    except OSError:
        return False
    return True


async def ask(host: Host, sequence: int, seconds: float) -> float | None:
    """Send one packet; give the seconds until it was answered, None where it was not in time.

    A host that cannot be sent to has not answered. Raises PermissionError where ICMP is not allowed
    or the source may not be used.
    """
    started = time.perf_counter()
    try:
        async with asyncio.timeout(seconds):
            await (_echo(host, sequence) if host.port is None else _connect(host))
    except TimeoutError:
        return None
    except PermissionError:
        raise
    except ConnectionRefusedError:
        return None if host.port is None else time.perf_counter() - started
    except OSError:
        return None
    return time.perf_counter() - started


async def _connect(host: Host) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket(host.family, socket.SOCK_STREAM) as sock:
        sock.setblocking(False)
        bind_to(sock, host)
        await loop.sock_connect(sock, (host.address, host.port))


async def _echo(host: Host, sequence: int) -> None:
    loop = asyncio.get_running_loop()
    with _echo_socket(host.family) as sock:
        bind_to(sock, host)
        request, reply = _REQUESTS[host.family]
        # A raw socket sees every reply to this machine, so each request has a number of its own.
        number = int.from_bytes(os.urandom(2))
        packet = _packet(request, number, sequence & 0xFFFF)
        with contextlib.suppress(PermissionError):  # a filter of this machine: as good as lost
            await loop.sock_sendto(sock, packet, (host.address, 0))
        raw = sock.type == socket.SOCK_RAW
        while True:
            data, source = await loop.sock_recvfrom(sock, 2048)
            if raw and host.family == socket.AF_INET:
                data = data[(data[0] & 0x0F) * 4 :]
            if source[0].partition("%")[0] != host.address or len(data) < _HEADER.size:
                continue
            kind, _, _, identity, answered = _HEADER.unpack_from(data)
            # The kernel sets the number of a datagram socket's own requests.
            if kind == reply and answered == sequence & 0xFFFF and (not raw or identity == number):
                return


def _echo_socket(family: socket.AddressFamily) -> socket.socket:
    protocol = _PROTOCOLS[family]
    try:
        sock = socket.socket(family, socket.SOCK_DGRAM, protocol)
    except PermissionError:
        sock = socket.socket(family, socket.SOCK_RAW, protocol)
    sock.setblocking(False)
    return sock


def bind_to(sock: socket.socket, host: Host) -> None:
    """Send from an own address, or through an interface (Linux: SO_BINDTODEVICE).

    Raises OSError where there is no such thing here, or it may not be used.
    """
    if host.bind is None:
        return
    try:
        ipaddress.ip_address(host.bind)
    except ValueError:
        set_option: Callable[..., None] = sock.setsockopt
        set_option(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, host.bind.encode() + b"\0")
    else:
        sock.bind((host.bind, 0))


def _packet(kind: int, number: int, sequence: int) -> bytes:
    """Write an echo request; the kernel itself sums up ICMPv6, and a datagram socket's."""
    summed = _checksum(_HEADER.pack(kind, 0, 0, number, sequence) + _PAYLOAD)
    return _HEADER.pack(kind, 0, summed, number, sequence) + _PAYLOAD


def _checksum(data: bytes) -> int:
    """Add up as RFC 1071 has it."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF
