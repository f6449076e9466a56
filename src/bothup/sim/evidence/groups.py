"""Groups: CloudWatch's log groups, and what people put into them beside AWS's own streams."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from bothup.sim.refusal import Refusal
from bothup.sim.vpn import Place


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a stream: its time, its text, and when it reached CloudWatch."""

    time: datetime
    message: str
    ingested: datetime


@dataclass(slots=True, kw_only=True)
class Group:
    """A log group; `put` are the events that callers put into streams of their own."""

    name: str
    arn: str
    created: datetime
    retention: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    put: dict[str, list[Entry]] = field(default_factory=dict)
    stream_created: dict[str, datetime] = field(default_factory=dict)


class Groups:
    """Every account's groups in every Region, those that the scenario's tunnels log to included."""

    def __init__(self) -> None:
        self._groups: defaultdict[tuple[str, str], dict[str, Group]] = defaultdict(dict)
        self._begun: set[tuple[str, str]] = set()

    def of(self, account: str, region: str, place: Place) -> dict[str, Group]:
        """The groups of one account and Region, by name."""
        key = account, region
        groups = self._groups[key]
        if key not in self._begun:
            self._begun.add(key)
            for arn, since in _logged_to(place):
                name = group_name(arn)
                first = min(since, groups[name].created) if name in groups else since
                groups[name] = Group(name=name, arn=group_arn(*key, name), created=first)
        return groups


def group_arn(account: str, region: str, name: str) -> str:
    """A group's ARN without the `:*` behind it."""
    return f"arn:aws:logs:{region}:{account}:log-group:{name}"


def group_name(identifier: str) -> str:
    """The name of a group that is given by name or ARN."""
    if not identifier.startswith("arn:"):
        return identifier
    return identifier.split(":log-group:")[-1].removesuffix(":*")


def no_group() -> Refusal:
    """The refusal of a group that is not there."""
    return Refusal("ResourceNotFoundException", "The specified log group does not exist.")


def no_stream() -> Refusal:
    """The refusal of a stream that is not there."""
    return Refusal("ResourceNotFoundException", "The specified log stream does not exist.")


def _logged_to(place: Place) -> list[tuple[str, datetime]]:
    """The groups that the scenario's tunnels log to and that are there, each with its creation."""
    return [
        (arn, tunnel.past.logged_since)
        for connection in place.connections.values()
        if connection.log_group
        for tunnel in connection.tunnels
        for arn in _arns(tunnel.past.log_options)
    ]


def _arns(options: dict[str, str]) -> set[str]:
    return {
        options[f"{prefix}LogGroupArn"]
        for prefix in ("", "Bgp")
        if options.get(f"{prefix}LogEnabled")
    }
