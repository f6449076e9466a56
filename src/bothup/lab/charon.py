"""Charon: one strongSwan daemon in a node, spoken to over VICI.

kernel-libipsec carries ESP in UDP through a TUN device, so that no kernel needs XFRM. It makes both
sides believe that there is NAT between them, knows no acquires, and has one device for all tunnels.
"""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bothup.lab.command import CommandFailed, run
from bothup.lab.network import Network, Node
from bothup.lab.probe import program

DEVICE = "ipsec0"
_START = 30.0
# A VICI answer is immediate; this is for a machine that is busy.
_ANSWER = 20.0

# With 8 threads the permanent jobs take all of them, and VICI connects but never answers.
_CONF = """
charon {{
  threads = 16
  load = random nonce openssl aes sha1 sha2 hmac kdf gmp pem pkcs1 pkcs8 x509 pubkey constraints \
revocation kernel-libipsec kernel-netlink socket-default vici
  retransmit_timeout = {retransmit}
  retransmit_base = 1.3
  retransmit_tries = 3
  half_open_timeout = {half_open}
  inactivity_close_ike = yes
  filelog {{
    main {{
      path = {folder}/charon.log
      time_format = %Y-%m-%dT%H:%M:%S
      time_add_ms = yes
      ike_name = yes
      append = yes
      flush_line = yes
      default = 1
    }}
  }}
  journal {{
    default = -1
  }}
  plugins {{
    vici {{
      socket = unix://{folder}/vici
    }}
  }}
}}
swanctl {{
  load = pem pkcs1 x509 pubkey openssl random
}}
"""


class Refused(CommandFailed):
    """The daemon lives and refuses what it is asked for."""


class Charon:
    """One daemon; `retransmit` and `half_open` are seconds (strongSwan's own: 4 and 30)."""

    def __init__(
        self,
        network: Network,
        node: Node,
        folder: Path,
        *,
        retransmit: float = 0.8,
        half_open: int = 5,
    ) -> None:
        self.node, self.folder = node, folder
        self._network = network
        self._process: subprocess.Popen[bytes] | None = None
        self._vici: Vici | None = None
        self._lock = threading.Lock()
        (folder / "swanctl").mkdir(parents=True, exist_ok=True)
        conf = _CONF.format(folder=folder, retransmit=retransmit, half_open=half_open)
        (folder / "strongswan.conf").write_text(conf)
        self._env = {
            "PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin"),
            "STRONGSWAN_CONF": str(folder / "strongswan.conf"),
            "SWANCTL_DIR": str(folder / "swanctl"),
            "TZ": "UTC",
        }

    @property
    def log(self) -> Path:
        """The daemon's log at level 1, as most people have it; it goes on over restarts."""
        return self.folder / "charon.log"

    @property
    def socket(self) -> Path:
        """Where the daemon listens for VICI."""
        return self.folder / "vici"

    @property
    def lives(self) -> bool:
        """Whether the daemon runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the daemon and wait until it answers; raises CommandFailed."""
        self.socket.unlink(missing_ok=True)
        self._process = self._network.start(
            self.node, [program("charon-systemd") or "charon-systemd"], self._env,
            self.folder / "output",
        )  # fmt: skip
        deadline = time.monotonic() + _START
        while True:
            try:
                self._vici = Vici(self.socket)
            except OSError:
                if not self.lives or time.monotonic() > deadline:
                    said = (self.folder / "output").read_text("utf-8", "replace")[-500:]
                    raise CommandFailed(f"charon does not start in {self.node}: {said}") from None
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """End the daemon in order: it takes leave of its peers."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the daemon at once, as a crash or a power cut does."""
        self._end(signal.SIGKILL)

    def address(self, *inside: str, there: bool = True) -> None:
        """Give the tunnel device inside addresses, or take them away."""
        verb = "replace" if there else "del"
        lines = [f"addr {verb} {each} dev {DEVICE}" for each in inside]
        self._network.run(
            self.node, "ip", "-batch", "-", text="\n".join([f"link set {DEVICE} up", *lines])
        )

    def ask(self, command: str, message: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One command of VICI; raises Refused, or CommandFailed where the daemon is gone."""
        return dict(self._speak(lambda session: session.request(command, message or {})))

    def sas(self) -> list[dict[str, Any]]:
        """The IKE SAs as `list-sas` has them."""
        return list(self._speak(lambda session: list(session.list_sas())))

    def initiate(self, child: str) -> None:
        """Begin to negotiate, and do not wait for what becomes of it."""
        self._lenient("initiate", {"child": child, "timeout": "-1"})

    def terminate(self, **what: str) -> None:
        """Close SAs (`ike`, `child`) in order, and wait some seconds for the peer's word."""
        self._lenient("terminate", {**what, "timeout": "3000"})

    def rekey(self, **what: str) -> None:
        """Renew SAs (`ike`, `child`)."""
        self._lenient("rekey", what)

    def swanctl(self, *arguments: str) -> str:
        """What swanctl says to the daemon."""
        return run("swanctl", *arguments, "--uri", f"unix://{self.socket}", env=self._env)

    def _lenient(self, command: str, message: Mapping[str, Any]) -> None:
        """A command whose refusal says no more than that there was nothing to do."""
        with contextlib.suppress(Refused):
            self.ask(command, message)

    def _speak(self, work: Callable[[Any], Any]) -> Any:
        if self._vici is None:
            raise CommandFailed(f"charon in {self.node} does not run")
        from vici.exception import CommandException

        with self._lock:
            try:
                return work(self._vici.session)
            except CommandException as error:
                raise Refused(f"charon in {self.node} refuses: {error}") from None
            except (OSError, ValueError) as error:
                raise CommandFailed(f"charon in {self.node} does not answer: {error}") from None

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        if self.lives:
            os.kill(self._process.pid, number)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None
        with self._lock:
            if self._vici is not None:
                self._vici.close()
                self._vici = None


class Vici:
    """A VICI session of its own; raises OSError where nobody listens."""

    def __init__(self, path: Path) -> None:
        import vici

        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_ANSWER)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self.session: Any = vici.Session(self._socket)

    def close(self) -> None:
        """End the session."""
        self._socket.close()


def children(sas: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every installed CHILD_SA: its connection's name, its IKE SA, itself."""
    for one in sas:
        for name, ike in one.items():
            for child in ike.get("child-sas", {}).values():
                if child.get("state") in (b"INSTALLED", b"REKEYING", b"REKEYED", b"UPDATED"):
                    yield name, ike, child
