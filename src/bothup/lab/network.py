"""Network: the namespaces of one laboratory, and the internet between them.

    aws1 ──┐
           inet ── cgw (172.16.0.10 behind NAT)
    aws2 ──┘

The internet loses, drops, rejects and translates by nftables; tc's netem is in few kernels.
"""

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec

from bothup.lab.command import run
from bothup.lab.owner import PREFIX, remove_namespace

Node = Literal["inet", "aws1", "aws2", "cgw"]
AWS: tuple[Node, Node] = ("aws1", "aws2")
_NODES: tuple[Node, ...] = ("cgw", *AWS)
PRIVATE = "172.16.0.10"
_ROUTER = "100.64.0.1"
# What lies behind both sides; the tunnels carry it.
BEHIND: dict[Node, str] = {"aws1": "10.20.0.1", "aws2": "10.20.0.2", "cgw": "10.10.0.1"}


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """Packets that the internet does not let through.

    `from_` and `to` are the nodes that they go between, None for any. `ports` are UDP's; none of
    them means all packets, `longer_than` only those of more bytes. `share` of them are lost at
    random; `reject` tells the sender by ICMP.
    """

    from_: Node | None = None
    to: Node | None = None
    ports: tuple[int, ...] = ()
    longer_than: int = 0
    share: float = 1.0
    reject: bool = False

    def rule(self, addresses: dict[Node, str]) -> str:
        """The rule in nftables' words; addresses are the nodes' own."""
        words = []
        for keyword, node in (("saddr", self.from_), ("daddr", self.to)):
            if node:
                words.append(f"ip {keyword} {addresses[node]}")
        if self.ports:
            ports = ", ".join(map(str, self.ports))
            words.append(f"udp dport {{ {ports} }}")
        if self.longer_than:
            words.append(f"meta length > {self.longer_than}")
        if self.share < 1:
            words.append(f"numgen random mod 1000 < {round(self.share * 1000)}")
        words.append("reject with icmp type admin-prohibited" if self.reject else "drop")
        return " ".join(words)


class Network:
    """Namespaces, links and the router's rules; closed, nothing of it is left."""

    def __init__(
        self, owner: str, name: str, addresses: dict[Node, str], *, nat: bool = False
    ) -> None:
        self._prefix = f"{PREFIX}-{owner}-{name}"
        self.nat, self.public = nat, addresses
        self.own = {**addresses, "cgw": PRIVATE} if nat else dict(addresses)
        self._cuts: tuple[Cut, ...] = ()
        self._source_port = 0

    def __enter__(self) -> Self:
        try:
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End what runs in the namespaces and remove them."""
        for node in (*_NODES, "inet"):
            if Path("/run/netns", self.namespace(node)).exists():
                remove_namespace(self.namespace(node))

    def namespace(self, node: str) -> str:
        """The name of a node's namespace."""
        return f"{self._prefix}-{node}"

    def run(self, node: Node, *command: str, text: str = "") -> str:
        """Run a command in a node to its end."""
        return run("ip", "netns", "exec", self.namespace(node), *command, text=text)

    def start(
        self, node: Node, command: list[str], env: dict[str, str], output: Path
    ) -> subprocess.Popen[bytes]:
        """Start a daemon in a node; what it prints goes to a file."""
        with output.open("ab") as told:
            return subprocess.Popen(
                ["ip", "netns", "exec", self.namespace(node), *command],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def cut(self, *cuts: Cut) -> None:
        """Let the internet do just this from now on; without `cuts` it lets everything through."""
        self._cuts = cuts
        self._filter()

    def mute_bgp(self, inside: str, *, muted: bool = True) -> None:
        """Have the gateway's packet filter drop BGP from and to an inside address, or no more."""
        self.run("cgw", "nft", "-f", "-", text=_NO_BGP.format(
            rules=_MUTED.format(inside=inside) if muted else ""))  # fmt: skip

    def rebind(self) -> None:
        """Have the NAT device forget its mappings and take other ports from now on."""
        self._source_port += 1000
        self._translate()
        self.run("inet", "conntrack", "-F")

    def ping(self, inside: str) -> None:
        """Have something go through a tunnel from now on: the gateway pings an inside address."""
        run("ip", "netns", "exec", self.namespace("cgw"), "sh", "-c",
            f"ping -q -i 0.5 {inside} >/dev/null 2>&1 &")  # fmt: skip

    def route(self, *, there: bool) -> None:
        """Give the gateway its default route, or take it away."""
        verb = ("replace", *_DEFAULT) if there else ("del", "default")
        self.run("cgw", "ip", "route", *verb)

    def _build(self) -> None:
        inet = self.namespace("inet")
        for name in ("inet", *_NODES):
            run("ip", "netns", "add", self.namespace(name))
        batch = ["link set lo up"]
        for node in _NODES:
            batch += [
                f"link add {node} type veth peer name eth0 netns {self.namespace(node)}",
                f"addr add {_ROUTER}/32 dev {node}",
                f"link set {node} up",
                f"route add {self.own[node]}/32 dev {node}",
            ]
        if self.nat:
            batch.append(f"addr add {self.public['cgw']}/32 dev lo")
        run("ip", "-n", inet, "-batch", "-", text="\n".join(batch))
        self.run("inet", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        for node in _NODES:
            lines = (
                "link set lo up",
                f"addr add {self.own[node]}/32 dev eth0",
                f"addr add {BEHIND[node]}/32 dev lo",
                "link set eth0 up",
                f"route add {' '.join(_DEFAULT)}",
            )
            run("ip", "-n", self.namespace(node), "-batch", "-", text="\n".join(lines))
        self._filter()
        self._translate()

    def _filter(self) -> None:
        rules = "\n".join(f"    {cut.rule(self.own)}" for cut in self._cuts)
        self.run("inet", "nft", "-f", "-", text=_FILTER.format(rules=rules))

    def _translate(self) -> None:
        if self.nat:
            ports = f":{40000 + self._source_port}-{40999 + self._source_port}"
            told = _NAT.format(
                private=PRIVATE, public=self.public["cgw"], ports=ports if self._source_port else ""
            )
            self.run("inet", "nft", "-f", "-", text=told)


_DEFAULT = ("default", "via", _ROUTER, "dev", "eth0", "onlink")
_FILTER = """
table inet cuts
delete table inet cuts
table inet cuts {{
  chain forward {{
    type filter hook forward priority 0
{rules}
  }}
}}
"""
_MUTED = "    ip saddr {inside} tcp sport 179 drop\n    ip saddr {inside} tcp dport 179 drop"
_NO_BGP = """
table inet bgp
delete table inet bgp
table inet bgp {{
  chain input {{
    type filter hook input priority 0
{rules}
  }}
}}
"""
_NAT = """
table ip translated
delete table ip translated
table ip translated {{
  chain out {{
    type nat hook postrouting priority 100
    ip saddr {private} ip protocol udp snat to {public}{ports}
    ip saddr {private} snat to {public}
  }}
  chain in {{
    type nat hook prerouting priority -100
    ip daddr {public} udp dport {{ 500, 4500 }} dnat to {private}
  }}
}}
"""
