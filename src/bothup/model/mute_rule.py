"""MuteRule: which findings are muted, why, and until when."""

from datetime import date
from typing import Annotated

import msgspec

Pattern = Annotated[str, msgspec.Meta(min_length=1)]


class MuteRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule that mutes every finding which all its selectors fit; it has at least one.

    A selector is an exact text or a glob (`*`, `?`, `[…]`). `resource` fits a resource's id, ARN or
    name, `tag` one of its tags written as "key=value", `redundancy` how much of a connection is up
    (a mute of DEGRADED ends when the last tunnel drops). From the day `expires` (UTC) on the rule
    is an error. `where` is the place that the rule was read from, for people.
    """

    reason: Annotated[
        str, msgspec.Meta(description='why these findings are accepted: reason = "…"')
    ]
    expires: Annotated[
        date, msgspec.Meta(description="the day on which the mute ends: expires = 2027-03-01")
    ]
    account: Annotated[
        Pattern | None, msgspec.Meta(description="an account id or a glob, in quotes")
    ] = None
    region: Annotated[Pattern | None, msgspec.Meta(description="a Region or a glob, in quotes")] = (
        None
    )
    resource: Annotated[
        Pattern | None, msgspec.Meta(description="an id, an ARN or a name, or a glob, in quotes")
    ] = None
    tag: Annotated[
        Pattern | None, msgspec.Meta(description='"key=value" or a glob like "team=net*"')
    ] = None
    control: Annotated[
        Pattern | None, msgspec.Meta(description='a control like "EC2.20" or a glob')
    ] = None
    redundancy: Annotated[
        Pattern | None, msgspec.Meta(description="DEGRADED, DOWN or UNKNOWN, in quotes")
    ] = None
    where: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a rule that would mute everything, or mutes for no reason."""
        if not self.reason.strip():
            raise ValueError("the reason is empty")
        if not self.selectors:
            raise ValueError(f"names nothing to mute; give one of {', '.join(SELECTORS)}")
        if self.tag is not None and "=" not in self.tag:
            raise ValueError('the tag has no "="; write it as "key=value", with * for any value')

    @property
    def selectors(self) -> dict[str, str]:
        """The selectors that the rule has, by their names."""
        every = {name: getattr(self, name) for name in SELECTORS}
        return {name: pattern for name, pattern in every.items() if pattern is not None}


SELECTORS = ("account", "region", "resource", "tag", "control", "redundancy")
