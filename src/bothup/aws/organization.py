"""The accounts of an AWS Organization, as the management account or a delegated one sees them.

Asked once a run, so plain botocore does it: its paginators and retries are what is needed.
"""

import fnmatch
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from bothup.aws.errors import aws_error
from bothup.aws.session import Session
from bothup.errors import AwsError, Unreachable, UsageError

PERMISSIONS = (
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListTagsForResource",
)


_NO_SUCH = frozenset({"ParentNotFoundException", "InvalidInputException"})


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """An ACTIVE account of the organization."""

    id: str
    name: str
    tags: dict[str, str] = {}

    def matches(self, pattern: str) -> bool:
        """Say whether a pattern fits: an id or a name (globs), or a tag as `key=value`."""
        key, equals, value = pattern.partition("=")
        if equals:
            return key in self.tags and fnmatch.fnmatchcase(self.tags[key], value)
        return fnmatch.fnmatchcase(self.id, pattern) or fnmatch.fnmatchcase(self.name, pattern)


def members(
    session: Session,
    *,
    units: Sequence[str] = (),
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> tuple[Member, ...]:
    """List the ACTIVE accounts, by id: those of the units (with the units below them), or all.

    `include` keeps only accounts that a pattern fits, `exclude` drops those that one fits (see
    Member.matches). Tags are read only where a pattern names one, for that is a call an account.
    Raises AwsError where Organizations refuses or does not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = session.client("organizations")
        listed = _below(client, units) if units else _pages(client, "list_accounts", "Accounts")
        active = {each["Id"]: each for each in listed if _state(each) == "ACTIVE"}
        tagged = any("=" in pattern for pattern in (*include, *exclude))
        found = [
            Member(
                id=account,
                name=active[account].get("Name", ""),
                tags=_tags(client, account) if tagged else {},
            )
            for account in sorted(active)
        ]
    except ClientError as error:
        if error.response["Error"].get("Code") in _NO_SUCH:
            raise UsageError(f"--ou: {error.response['Error'].get('Message')}") from None
        raise _translated(error) from None
    except BotoCoreError as error:
        raise Unreachable(f"Organizations: {error}") from None
    kept = (each for each in found if not include or any(map(each.matches, include)))
    return tuple(each for each in kept if not any(map(each.matches, exclude)))


def _state(account: dict[str, Any]) -> str | None:
    """Say how the account is: AWS retires `Status` for `State` (API Reference, Account)."""
    state: str | None = account.get("State") or account.get("Status")
    return state


def _below(client: Any, units: Sequence[str]) -> Iterator[dict[str, Any]]:
    waiting, seen = list(units), set()
    while waiting:
        parent = waiting.pop()
        if parent in seen:
            continue
        seen.add(parent)
        yield from _pages(client, "list_accounts_for_parent", "Accounts", ParentId=parent)
        children = _pages(
            client,
            "list_organizational_units_for_parent",
            "OrganizationalUnits",
            ParentId=parent,
        )
        waiting += [unit["Id"] for unit in children]


def _pages(client: Any, operation: str, member: str, **params: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator(operation).paginate(**params):
        yield from page[member]


def _tags(client: Any, account: str) -> dict[str, str]:
    listed = _pages(client, "list_tags_for_resource", "Tags", ResourceId=account)
    return {tag["Key"]: tag["Value"] for tag in listed}


def _translated(error: Any) -> AwsError:
    answer = error.response
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    found = answer["Error"]
    translated = aws_error(found.get("Code", ""), found.get("Message", ""), status=status)
    translated.args = (f"cannot list the organization's accounts: {translated}",)
    return translated
