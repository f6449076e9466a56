"""Account: who signs for it, and which of its Regions are to be read."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.session import Session, check_region
from bothup.aws.signer import Signer
from bothup.errors import AwsError, CredentialsRejected, UsageError
from bothup.model.target import Target, partition_of

_A = TypeVar("_A")
_B = TypeVar("_B")

PERMISSIONS = ("ec2:DescribeRegions", "sts:GetCallerIdentity")


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account to be read. `id` is None where only the credentials know it."""

    id: str | None
    signer: Signer


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """An account whose credentials work, with the Targets to read in it.

    `proven` says that AWS accepted the credentials in this run: a Region that rejects them all the
    same is one that the account has not enabled.
    """

    account: Account
    targets: tuple[Target, ...]
    proven: bool


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Whose credentials these are: the account and its partition."""

    account: str
    partition: str


async def open_account(
    account: Account,
    regions: Sequence[str] | None,
    *,
    caller: Caller,
    session: Session,
    budget: Budget,
) -> Opened:
    """Find out the account's id and its enabled Regions; both at once where both are unknown.

    `regions` are read as they are named; None stands for all that the account has enabled.
    Raises UsageError where AWS rejects the credentials, AwsError where Regions cannot be listed.
    """
    home = regions[0] if regions else session.home_region

    async def call(service: str, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        return await caller.call(
            service,
            name,
            params,
            signer=account.signer,
            account=account.id or "",
            region=home,
            budget=budget,
        )

    known, names = await _both(
        _identity(call, account, partition_of(home)), _regions(call, regions)
    )
    return Opened(
        account=account,
        targets=tuple(
            Target(account=known.account if known else None, region=name, partition=partition)
            for name in names
            for partition in (known.partition if known else partition_of(name),)
        ),
        proven=known is not None,
    )


async def _identity(call: Any, account: Account, partition: str) -> Identity | None:
    """Ask STS whose credentials these are; None where STS does not answer."""
    if account.id is not None:
        return Identity(account=account.id, partition=partition)
    try:
        answer = await call("sts", "GetCallerIdentity", {})
    except CredentialsRejected as error:
        raise UsageError(f"AWS rejects the credentials ({error.code}): {error}") from None
    except AwsError:
        return None
    return Identity(account=answer["Account"], partition=answer["Arn"].split(":")[1])


async def _regions(call: Any, named: Sequence[str] | None) -> tuple[str, ...]:
    """Return the Regions that were named, else those that are enabled for the account."""
    if named is not None:
        return tuple(dict.fromkeys(named))
    answer = await call("ec2", "DescribeRegions", {})
    return tuple(sorted(check_region(each["RegionName"]) for each in answer.get("Regions", ())))


async def _both(one: Awaitable[_A], other: Awaitable[_B]) -> tuple[_A, _B]:
    """Await both at once, let both end, then raise what the first of them raised."""
    first, second = await asyncio.gather(one, other, return_exceptions=True)
    if isinstance(first, BaseException):
        raise first
    if isinstance(second, BaseException):
        raise second
    return first, second
