"""Which modules each verb calls AWS through; what they may need, they declare as PERMISSIONS."""

import difflib
import importlib
from typing import Literal

import msgspec

from bothup.errors import UsageError


class Purpose(msgspec.Struct, frozen=True):
    """Something that a verb does on AWS; `sid` names its statement in a policy.

    `where` tells in which account: in each that is read, or in the one whose credentials are at
    hand, there to assume the role of the others (`role`) or to list them (`org`).
    """

    sid: str
    module: str
    where: Literal["read", "role", "org"] = "read"

    @property
    def actions(self) -> list[str]:
        """The IAM actions that the module declares, sorted."""
        return sorted(importlib.import_module(self.module).PERMISSIONS)


VERBS = {
    "scan": (
        Purpose("FindEnabledRegions", "bothup.aws.account"),
        Purpose("ReadVpnConnections", "bothup.aws.collect.vpn_connections"),
        Purpose("AssumeReadingRole", "bothup.aws.roles", "role"),
        Purpose("ListAccounts", "bothup.aws.organization", "org"),
    ),
}


def purposes(verb: str) -> tuple[Purpose, ...]:
    """List what a verb does on AWS; raises UsageError for one that does nothing there."""
    if verb in VERBS:
        return VERBS[verb]
    near = difflib.get_close_matches(verb, VERBS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"these do: {', '.join(VERBS)}"
    raise UsageError(f"no verb that calls AWS is called {verb!r}; {hint}")
