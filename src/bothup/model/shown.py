"""The value of a setting, written as people write it."""

from collections.abc import Iterator, Mapping
from typing import Any

from bothup.model.security_group import PEER_KEYS, traffic


def shown(name: str, value: Any) -> str:
    """Write a value of the setting `name`: a rule as "tcp 22 from 0.0.0.0/0", a switch as "on"."""
    match value:
        case None:
            return "not set"
        case bool():
            return "on" if value else "off"
        case []:
            return "none"
        case list() | tuple():
            return ", ".join(shown(name, each) for each in value)
        case {"IpProtocol": str()}:
            return _rule(value, "to" if name.endswith("Egress") else "from")
        case {"TrafficType": str(logged), **others}:
            place = others.get("LogDestination") or others.get("LogGroupName")
            return f"{logged} to {place}" if place else logged
        case {"Name": str(key), "Value": str(given)}:
            return f"{key}={given}"
        case dict():
            return f"({', '.join(f'{key}: {shown(key, each)}' for key, each in value.items())})"
        case _:
            return str(value)


def _rule(rule: Mapping[str, Any], word: str) -> str:
    let_through = traffic(rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"))
    peers = ", ".join(_peers(rule))
    return f"{let_through} {word} {peers}" if peers else let_through


def _peers(rule: Mapping[str, Any]) -> Iterator[str]:
    for kind, key in PEER_KEYS.items():
        for peer in rule.get(kind.value) or ():
            owner = f" of {peer['UserId']}" if "UserId" in peer else ""
            said = f' ("{peer["Description"]}")' if peer.get("Description") else ""
            yield f"{peer.get(key)}{owner}{said}"
