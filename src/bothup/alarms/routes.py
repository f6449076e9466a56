"""Routes: which topic is told of what, by severity, account, Region and tag."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

import msgspec

from bothup.alarms.scope import Kind
from bothup.model.connection import VpnConnection

_ARN = re.compile(r"arn:[a-z-]+:sns:(?P<region>[a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_.-]{1,256}")


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """A topic, and for what: None takes anything. `{region}` and `{account}` stand for the alarm's.

    `tag` is "key=value", with globs in the value.
    """

    topic: str
    kind: Kind | None = None
    account: str | None = None
    region: str | None = None
    tag: str | None = None

    def takes(self, connection: VpnConnection, kind: Kind) -> bool:
        """Say whether alarms of a kind, about a connection, go this way."""
        target = connection.target
        return (
            self.kind in (None, kind)
            and self.account in (None, target.account)
            and self.region in (None, target.region)
            and (self.tag is None or _has(connection.tags, self.tag))
        )


def topic_for(routes: Iterable[Route], connection: VpnConnection, kind: Kind) -> str | None:
    """Give the topic of the first route that takes it; None where none does."""
    target = connection.target
    for each in routes:
        if each.takes(connection, kind):
            filled = each.topic.replace("{region}", target.region or "")
            return filled.replace("{account}", target.account or "")
    return None


def problem_of(topic: str | None, region: str | None) -> str | None:
    """Say why alarms in a Region cannot send to a topic, by its ARN alone."""
    if topic is None:
        return "no topic is named for it: say --topic ARN, or [alarms] in the configuration"
    arn = _ARN.fullmatch(topic)
    if arn is None:
        return f"{topic!r} is not the ARN of an SNS topic"
    if arn["region"] != region:
        return f"{topic} is in {arn['region']}: an alarm in {region} can only tell a topic there"
    return None


def _has(tags: dict[str, str], wanted: str) -> bool:
    key, equals, value = wanted.partition("=")
    return key in tags and fnmatchcase(tags[key], value if equals else "*")
