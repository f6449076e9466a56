"""Lines of a script that mends a resource: commands of the AWS CLI, and remarks for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bothup.model.target import Target

if TYPE_CHECKING:
    from bothup.model.security_group import Opening


def command(target: Target, operation: str, **params: Any) -> str:
    """Write a call to EC2 in the target, by the SDK's names, as a line for bash."""
    # Every control's file imports this one; a scan writes no script, and plans nothing.
    from bothup.model.call import Call

    return Call(target=target, service="ec2", operation=operation, params=params).command


def verb(target: Target, *words: str) -> str:
    """Write a verb of bothup for the target as a line for bash."""
    return shlex.join(["bothup", *words, "--region", target.region or ""])


def planned(target: Target, connection: str, remedy: str) -> Iterator[str]:
    """Yield the plan of one remedy and its application: tunnel by tunnel, never the last one."""
    yield "# AWS replaces a tunnel's endpoint for it, so the other tunnel has to be UP meanwhile"
    file = f"{connection}-{remedy}.json"
    yield verb(target, "plan", connection, "--only", remedy, "-o", f"json={file}")
    yield shlex.join(["bothup", "apply", file])


def region(target: Target) -> str:
    """The Region, quoted for bash."""
    return shlex.quote(target.region or "")


def revoking(target: Target, group: str, direction: str, opening: Opening) -> str:
    """Revoke one rule for one peer, and nothing else."""
    operation = f"RevokeSecurityGroup{direction}"
    return command(target, operation, GroupId=group, IpPermissions=[opening.permission])
