"""`bothup keepalive run`: a steady prober for a host on either side of the tunnels."""

import asyncio
import contextlib
import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from bothup.cli import exits
from bothup.errors import UsageError
from bothup.history.probes import ProbeHistory
from bothup.keepalive.asking import Host, bind_to, can_echo
from bothup.keepalive.prober import Sample, Tally, probe

Take = Callable[[Sample], None]
_SAVED_EVERY = 30.0


class Pace(msgspec.Struct, frozen=True):
    """Seconds between packets and until one is lost, and how many there are for each target."""

    interval: float
    timeout: float
    count: int | None


def _flag(text: str, *names: str) -> Parameter:
    return Parameter(name=names or None, help=text, negative=(), show_default=False)


def run(
    *,
    target: Annotated[
        tuple[str, ...],
        _flag("Address to ask, repeatable: IP by ICMP, IP:PORT by TCP. One across each tunnel."),
    ],
    bind: Annotated[
        tuple[str, ...],
        _flag("Own address or interface to send from: one for all targets, or one for each."),
    ] = (),
    interval: Annotated[float, _flag("Seconds from packet to packet, for each target (5).")] = 5.0,
    timeout: Annotated[float, _flag("Seconds after which a packet counts as lost (2).")] = 2.0,
    count: Annotated[int | None, _flag("Packets for each target; without it, no end.")] = None,
    metrics: Annotated[
        str | None, _flag("Serve Prometheus metrics at ADDRESS:PORT (127.0.0.1:9477).")
    ] = None,
    history: Annotated[
        Path | None, _flag("History file (~/.local/state/bothup/history.db).")
    ] = None,
    quiet: Annotated[bool, _flag("Say nothing on stderr but errors.", "--quiet", "-q")] = False,
) -> int:
    """Send a packet to each target every few seconds, and measure loss and round trips.

    Needs no AWS and, where the kernel allows echo requests to users, no root.
    What is measured goes to the history, and to Prometheus if asked for.
    Exit codes: 0 all packets are sent, or it was told to end (SIGTERM); 130 Ctrl-C.
    """
    hosts = _hosts(target, bind)
    _check(interval, timeout, count)
    pace, tally = Pace(interval, timeout, count), Tally()
    takers: list[Take] = [tally.add]
    if metrics is not None:
        takers.append(_served(metrics, quiet=quiet))
    if not quiet:
        takers.append(_Watch().take)
    with ProbeHistory(history_path(history)) as kept:

        def save() -> None:
            # Packets go on while the history cannot be written; it gets all of them once it can.
            minutes = tally.take()
            try:
                kept.add(minutes)
            except UsageError as error:
                print(f"bothup: {error}", file=sys.stderr)
                tally.put_back(minutes)

        try:
            return asyncio.run(_run(hosts, pace, takers, save))
        finally:
            save()


async def _run(
    hosts: tuple[Host, ...], pace: Pace, takers: Iterable[Take], save: Callable[[], None]
) -> int:
    ending = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows knows no SIGTERM
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)

    def tell(sample: Sample) -> None:
        for take in takers:
            take(sample)

    async def saving() -> None:
        while True:
            await asyncio.sleep(_SAVED_EVERY)
            # A locked file or a slow disk must not keep packets and answers waiting.
            await asyncio.to_thread(save)

    probing = asyncio.ensure_future(
        probe(hosts, interval=pace.interval, patience=pace.timeout, count=pace.count, tell=tell)
    )
    others = [asyncio.ensure_future(saving()), asyncio.ensure_future(ending.wait())]
    try:
        ended, _ = await asyncio.wait((probing, *others), return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            _raise(task.exception())
    finally:
        for task in (probing, *others):
            task.cancel()
        await asyncio.gather(probing, *others, return_exceptions=True)
    return exits.OK


def _raise(error: BaseException | None) -> None:
    """Say what keeps packets from being sent at all."""
    if isinstance(error, ExceptionGroup):
        denied, rest = error.split(PermissionError)
        if denied is not None and rest is None:
            raise UsageError(
                "this process may not send so: ICMP needs net.ipv4.ping_group_range or root, an "
                "interface as --bind needs root; a TCP target (IP:PORT) needs neither"
            )
    if error is not None:
        raise error


def _hosts(targets: tuple[str, ...], binds: tuple[str, ...]) -> tuple[Host, ...]:
    if len(binds) not in (0, 1, len(targets)):
        raise UsageError("--bind: say one for all targets, or one for each")
    each_bind = binds * len(targets) if len(binds) == 1 else binds or (None,) * len(targets)
    hosts = tuple(_host(each, bind) for each, bind in zip(targets, each_bind, strict=True))
    if len({each.name for each in hosts}) < len(hosts):
        raise UsageError("--target: the same one is said twice")
    _check_binds(hosts)
    for family, word in ((socket.AF_INET, "IPv4"), (socket.AF_INET6, "IPv6")):
        by_echo = [each.name for each in hosts if each.port is None and each.family == family]
        if by_echo and not can_echo(family):
            raise UsageError(
                f"--target {by_echo[0]}: this process may not send {word} echo requests (sysctl "
                "net.ipv4.ping_group_range, or root); say a port to ask by TCP, as "
                f"{Host(by_echo[0], 179).name}"
            )
    return hosts


def _check_binds(hosts: Iterable[Host]) -> None:
    """Raise UsageError for a --bind that nothing can be sent from."""
    for host in hosts:
        try:
            with socket.socket(host.family, socket.SOCK_DGRAM) as sock:
                bind_to(sock, host)
        except PermissionError:
            continue  # whether it may be used shows with the first packet
        except OSError as error:
            raise UsageError(
                f"--bind {host.bind}: {error.strerror or error}; expected an own address, of the "
                f"family of {host.name}, or an interface of this machine"
            ) from None


def _host(said: str, bind: str | None) -> Host:
    address, port = _split(said)
    try:
        return Host(str(ipaddress.ip_address(address)), port, bind)
    except ValueError:
        raise UsageError(f"--target {said}: expected IP, IP:PORT or [IPv6]:PORT") from None


def _split(said: str) -> tuple[str, int | None]:
    if said.startswith("["):
        address, closed, port = said[1:].partition("]:")
    elif said.count(":") == 1:
        address, closed, port = said.partition(":")
    else:
        return said, None
    if closed and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
        return address, int(port)
    raise UsageError(f"--target {said}: expected a port from 1 to 65535")


def _check(interval: float, timeout: float, count: int | None) -> None:
    if not 0.2 <= interval <= 3600:
        raise UsageError("--interval: expected 0.2 to 3600 seconds")
    if not 0 < timeout <= interval:
        raise UsageError(f"--timeout: expected more than 0 and at most the interval ({interval:g})")
    if count is not None and count < 1:
        raise UsageError("--count: expected 1 or more")


def _served(where: str, *, quiet: bool) -> Take:
    from bothup.keepalive.metrics import Metrics

    address, colon, port = where.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise UsageError(f"--metrics {where}: expected ADDRESS:PORT")
    metrics = Metrics()
    served = metrics.serve(address.strip("[]") or "127.0.0.1", int(port))
    if not quiet:
        print(f"bothup: metrics at http://{address}:{served}/metrics", file=sys.stderr)
    return metrics.add


def history_path(said: Path | None) -> Path:
    """Give the file of the history: what was said, else in the user's state directory."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return said or Path(state) / "bothup" / "history.db"


class _Watch:
    """Says on stderr when a target begins or ceases to answer."""

    def __init__(self) -> None:
        self._answers: dict[str, bool] = {}

    def take(self, sample: Sample) -> None:
        """Tell a change; the first answer is one."""
        name, answers = sample.host.name, sample.seconds is not None
        if self._answers.get(name) is answers:
            return
        self._answers[name] = answers
        said = f"answers after {sample.seconds * 1000:.1f} ms" if sample.seconds else "is silent"
        print(f"bothup: {sample.at:%Y-%m-%d %H:%M:%S} UTC {name} {said}", file=sys.stderr)
