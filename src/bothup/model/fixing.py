"""Lines of a script that mends a resource: commands of the AWS CLI, and remarks for people."""

import shlex
from typing import Any

from bothup.model.call import Call
from bothup.model.security_group import Opening
from bothup.model.target import Target


def command(target: Target, operation: str, **params: Any) -> str:
    """Write a call to EC2 in the target, by the SDK's names, as a line for bash."""
    return Call(target=target, service="ec2", operation=operation, params=params).command


def verb(target: Target, *words: str) -> str:
    """Write a verb of bothup for the target as a line for bash."""
    return shlex.join(["bothup", *words, "--region", target.region or ""])


def region(target: Target) -> str:
    """The Region, quoted for bash."""
    return shlex.quote(target.region or "")


def revoking(target: Target, group: str, direction: str, opening: Opening) -> str:
    """Revoke one rule for one peer, and nothing else."""
    operation = f"RevokeSecurityGroup{direction}"
    return command(target, operation, GroupId=group, IpPermissions=[opening.permission])
