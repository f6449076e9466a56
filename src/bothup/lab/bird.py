"""Bird: one BIRD daemon in a node, with a BGP session for each tunnel."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from bothup.lab.command import CommandFailed
from bothup.lab.network import Network, Node
from bothup.lab.probe import program

_START, _ANSWER = 30.0, 10.0


class Neighbor(msgspec.Struct, frozen=True, kw_only=True):
    """One session: `own` and `address` are the inside addresses, `hold` is seconds.

    `announces` are prefixes; `path` is put before the own ASN in front of them. `limit` is how many
    prefixes are taken. `judges`: it is AWS's side, which tells of each route and takes none whose
    path holds its own ASN. `down`: an operator has shut it down.
    """

    own: str
    address: str
    own_asn: int
    asn: int
    hold: int = 30
    announces: tuple[str, ...] = ()
    path: tuple[int, ...] = ()
    limit: int | None = None
    judges: bool = False
    down: bool = False

    def conf(self, name: str) -> str:
        """The session as `bird.conf` says it."""
        routes = "".join(f"  route {each} blackhole;\n" for each in self.announces)
        path = "".join(f"bgp_path.prepend({each}); " for each in reversed(self.path))
        limit = f"\n    import limit {self.limit} action restart;" if self.limit else ""
        taken = f"filter {{ {_JUDGED.format(asn=self.own_asn)} }}" if self.judges else "all"
        return _PROTOCOL.format(
            name=name,
            neighbor=self,
            routes=routes,
            path=path,
            limit=limit,
            taken=taken,
            loop="\n  allow local as 9;" if self.judges else "",
            down="\n  disabled;" if self.down else "",
            keepalive=max(self.hold // 3, 1),
            wait=3 if self.judges else 1,
        )


class Bird:
    """One daemon."""

    def __init__(self, network: Network, node: Node, folder: Path) -> None:
        self.node, self.log = node, folder / "bird.log"
        self._network, self._folder = network, folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def lives(self) -> bool:
        """Whether the daemon runs."""
        return self._process is not None and self._process.poll() is None

    def configure(self, router: str, neighbors: Mapping[str, Neighbor]) -> None:
        """Have the daemon keep these sessions, by the names of their tunnels; start it if need be.

        Raises CommandFailed where it does not take the configuration.
        """
        conf = _CONF.format(log=self.log, router=router)
        conf += "".join(each.conf(name) for name, each in neighbors.items())
        path = self._folder / "bird.conf"
        if self.lives and path.read_text("utf-8") == conf:
            return
        path.write_text(conf)
        if self.lives:
            self.control("configure")
            return
        self._process = self._network.start(
            self.node,
            [program("bird") or "bird", "-f", "-c", str(path), "-s", str(self._socket)],
            {"TZ": "UTC", "PATH": "/usr/sbin:/usr/bin"},
            self._folder / "bird.output",
        )
        self._wait()

    def control(self, command: str) -> str:
        """What the daemon answers to a command of its control socket; raises CommandFailed."""
        try:
            with socket.socket(socket.AF_UNIX) as connected:
                connected.settimeout(_ANSWER)
                connected.connect(str(self._socket))
                stream = connected.makefile("rw", encoding="utf-8")
                stream.readline()
                stream.write(f"{command}\n")
                stream.flush()
                told = list(_answer(stream))
        except OSError as error:
            raise CommandFailed(f"BIRD in {self.node} does not answer: {error}") from None
        if told and told[-1][:1] in ("8", "9"):
            raise CommandFailed(f"BIRD in {self.node}: {told[-1].strip()}")
        return "\n".join(told)

    def accepted(self, name: str) -> int:
        """How many routes of a session are in use."""
        found = re.search(r"Routes:\s+(\d+) imported", self.control(f"show protocols all {name}"))
        return int(found[1]) if found else 0

    def stop(self) -> None:
        """End the daemon in order."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._process = None

    def freeze(self, *, frozen: bool = True) -> None:
        """Have the daemon hang, or go on."""
        assert self._process
        os.kill(self._process.pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def kill(self) -> None:
        """End the daemon at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(5)
            self._process = None

    def _wait(self) -> None:
        deadline = time.monotonic() + _START
        while True:
            try:
                self.control("show status")
            except CommandFailed:
                if not self.lives or time.monotonic() > deadline:
                    said = (self._folder / "bird.output").read_text("utf-8", "replace")[-500:]
                    raise CommandFailed(f"BIRD does not start in {self.node}: {said}") from None
                time.sleep(0.02)
            else:
                return

    @property
    def _socket(self) -> Path:
        return self._folder / "bird.ctl"


def _answer(stream: Iterable[str]) -> Iterator[str]:
    """The lines of an answer; the last one has a code with a blank behind it."""
    for line in stream:
        yield line.rstrip("\n")
        if line[:4].isdigit() and line[4:5] == " ":
            return


_CONF = """log "{log}" all;
router id {router};
timeformat log iso long ms;
timeformat base iso long ms;
debug protocols {{ states, events }};
protocol device {{ debug off; scan time 1; }}
"""
# A path with the own ASN in it is what AWS tells of as denied; BIRD alone says nothing of it.
_JUDGED = """
      if bgp_path ~ [= * {asn} * =] then {{
        print "route ", net, " path ", bgp_path, " denied own-as"; reject;
      }}
      print "route ", net, " path ", bgp_path, " taken"; accept; """
_PROTOCOL = """ipv4 table t_{name};
protocol static routes_{name} {{
  ipv4 {{ table t_{name}; }};
{routes}}}
protocol bgp {name} {{
  local {neighbor.own} as {neighbor.own_asn};
  neighbor {neighbor.address} as {neighbor.asn};
  hold time {neighbor.hold};
  keepalive time {keepalive};
  connect delay time 1;
  connect retry time 2;
  error wait time {wait}, {wait};{loop}{down}
  ipv4 {{
    table t_{name};{limit}
    import {taken};
    export filter {{ if source != RTS_STATIC then reject; {path}accept; }};
  }};
}}
"""
