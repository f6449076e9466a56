"""An item of DescribeSecurityGroups."""

from collections.abc import Iterator
from functools import partial
from itertools import chain

from bothup.model.connection import Malformed
from bothup.model.resource_type import SECURITY_GROUP
from bothup.model.security_group import PEER_KEYS, Opening, Peer, SecurityGroup
from bothup.model.target import Target
from bothup.read.ec2.resource import readable, tags_of
from bothup.read.fields import Record, WrongField, each, kind, text


def read_security_group(item: object, target: Target) -> SecurityGroup | Malformed:
    """Read one item; never raises."""
    return readable(item, target, SECURITY_GROUP, "GroupId", partial(_group, target))


def _group(target: Target, item: Record, name: str) -> SecurityGroup:
    return SecurityGroup(
        id=name,
        target=target,
        tags=tags_of(item),
        name=text(item, "GroupName") or "",
        vpc=text(item, "VpcId") or None,
        owner=text(item, "OwnerId") or None,
        ingress=_rules(item, "IpPermissions"),
        egress=_rules(item, "IpPermissionsEgress"),
    )


def _rules(item: Record, key: str) -> tuple[Opening, ...]:
    """Read one direction; AWS gives an empty list where there is no rule, so none is no answer."""
    if item.get(key) is None:
        raise WrongField(key, "a list", "nothing")
    return tuple(chain.from_iterable(each(item, key, _openings)))


def _openings(rule: Record) -> list[Opening]:
    return list(_each_opening(rule))


def _each_opening(rule: Record) -> Iterator[Opening]:
    protocol = text(rule, "IpProtocol")
    if not protocol:
        raise WrongField("IpProtocol", "a protocol", "nothing")
    first, last = _port(rule, "FromPort"), _port(rule, "ToPort")
    if not any(rule.get(where.value) for where in PEER_KEYS):
        raise WrongField("IpRanges", "a peer, here or in another list", "nothing")
    for where, key in PEER_KEYS.items():
        for peer in each(rule, where.value, dict):
            if where in (Peer.IPV4, Peer.IPV6) and not text(peer, key):
                raise WrongField(f"{where.value}.{key}", "a CIDR block", "nothing")
            yield Opening(
                protocol=protocol,
                from_port=first,
                to_port=last,
                kind=where,
                peer=text(peer, key) or "",
                owner=text(peer, "UserId"),
                description=text(peer, "Description") or None,
            )


def _port(rule: Record, key: str) -> int | None:
    """Read a port, or the type or code of an ICMP message, which may be -1 for all."""
    value = rule.get(key)
    if value is None or type(value) is int:
        return value
    raise WrongField(key, "a whole number", kind(value))
