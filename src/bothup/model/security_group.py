"""SecurityGroup: who may reach what through it, one Opening for each peer of each rule."""

import enum
from typing import Any

import msgspec

from bothup.model.target import Target

DEFAULT_NAME = "default"
# Every address of IPv4 and of IPv6, as EC2 writes them.
ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
_ALL, _TCP = "-1", frozenset({"tcp", "6"})
# Of these the "ports" are the type and the code of a message.
_ICMP = {"icmp": "icmp", "1": "icmp", "icmpv6": "icmpv6", "58": "icmpv6"}
_LAST_PORT = 65535


class Peer(enum.StrEnum):
    """What an Opening is open for; each value is the list of IpPermissions that it stands in."""

    IPV4 = "IpRanges"
    IPV6 = "Ipv6Ranges"
    PREFIX_LIST = "PrefixListIds"
    GROUP = "UserIdGroupPairs"


# By what a rule names a peer, in its list of the IpPermissions.
PEER_KEYS = {
    Peer.IPV4: "CidrIp",
    Peer.IPV6: "CidrIpv6",
    Peer.PREFIX_LIST: "PrefixListId",
    Peer.GROUP: "GroupId",
}


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """One rule for one peer: what EC2 can revoke by itself.

    `protocol` is AWS's word ("tcp", "-1" for all). Without ports, every port is open. `peer` is a
    CIDR block, or the id of a prefix list or a group; `owner` is the group's account.
    """

    protocol: str
    from_port: int | None = None
    to_port: int | None = None
    kind: Peer
    peer: str
    owner: str | None = None
    description: str | None = None

    @property
    def to_anywhere(self) -> bool:
        """Whether every address of IPv4 or of IPv6 is let in."""
        return self.kind in (Peer.IPV4, Peer.IPV6) and self.peer in ANYWHERE

    def opens_tcp(self, port: int) -> bool:
        """Whether the TCP port is among what is open."""
        if self.protocol == _ALL:
            return True
        first = 0 if self.from_port in (None, -1) else self.from_port
        last = _LAST_PORT if self.to_port in (None, -1) else self.to_port
        return self.protocol.lower() in _TCP and (first or 0) <= port <= (last or 0)

    @property
    def permission(self) -> dict[str, Any]:
        """The rule as EC2's IpPermissions have it, for this peer alone."""
        peer: dict[str, Any] = {PEER_KEYS[self.kind]: self.peer}
        if self.owner and self.kind is Peer.GROUP:
            peer["UserId"] = self.owner
        if self.description:
            peer["Description"] = self.description
        ports = {"FromPort": self.from_port, "ToPort": self.to_port}
        known = {name: port for name, port in ports.items() if port is not None}
        return {"IpProtocol": self.protocol, **known, self.kind.value: [peer]}

    def __str__(self) -> str:
        """Say it in few words, without the direction: "tcp 22, 0.0.0.0/0"."""
        return f"{traffic(self.protocol, self.from_port, self.to_port)}, {self.peer}"


def traffic(protocol: str, first: int | None, last: int | None) -> str:
    """Say what a rule lets through: "tcp 22", "udp 500-4500", "icmp type 8", "all protocols"."""
    if protocol == _ALL:
        return "all protocols"
    if protocol in _ICMP:
        kind = f" type {first}" if first not in (None, -1) else ""
        code = f" code {last}" if kind and last not in (None, -1) else ""
        return f"{_ICMP[protocol]}{kind}{code}"
    ports = [str(port) for port in dict.fromkeys((first, last)) if port not in (None, -1)]
    return f"{protocol} {'-'.join(ports)}".strip()


class SecurityGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A security group; `owner` is the account that it belongs to, where AWS says."""

    id: str
    target: Target
    tags: dict[str, str] = {}
    name: str = ""
    vpc: str | None = None
    owner: str | None = None
    ingress: tuple[Opening, ...] = ()
    egress: tuple[Opening, ...] = ()
