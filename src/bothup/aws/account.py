"""Account: who signs for it, and which of its Regions are to be read."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

import msgspec

from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.session import Session, check_region
from bothup.aws.signer import Signer
from bothup.errors import AwsError, CredentialsRejected, Expired, UsageError
from bothup.model.target import Target

_A = TypeVar("_A")
_B = TypeVar("_B")

# GetCallerIdentity needs no permission (STS API Reference).
PERMISSIONS = ("ec2:DescribeRegions",)


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
    """Whose credentials these are."""

    account: str
    arn: str


async def open_account(
    account: Account,
    regions: Sequence[str] | None,
    *,
    caller: Caller,
    session: Session,
    budget: Budget,
) -> Opened:
    """Get the account's credentials, and find out its id and its enabled Regions where unknown.

    `regions` are read as they are named; None stands for all that the account has enabled.
    Raises UsageError where AWS rejects the credentials at hand, AwsError where a role cannot be
    assumed or the Regions cannot be listed.
    """
    await account.signer.credentials()
    home = session.home_region
    known, names = await _both(
        _identity(account, home, caller, budget), _regions(account, regions, home, caller, budget)
    )
    return Opened(
        account=account,
        targets=tuple(Target(account=known, region=name) for name in names),
        proven=known is not None,
    )


async def identity(signer: Signer, region: str, *, caller: Caller, budget: Budget) -> Identity:
    """Ask STS whose credentials these are; raises UsageError where AWS rejects them."""
    try:
        answer = await caller.call(
            "sts",
            "GetCallerIdentity",
            {},
            signer=signer,
            account="",
            region=region,
            budget=budget,
        )
    except (CredentialsRejected, Expired) as error:
        raise UsageError(f"AWS rejects the credentials: {error}") from None
    return Identity(account=answer["Account"], arn=answer["Arn"])


async def _identity(account: Account, home: str, caller: Caller, budget: Budget) -> str | None:
    """Return the account's id; None where it is not known and STS does not answer."""
    if account.id is not None:
        return account.id
    try:
        return (await identity(account.signer, home, caller=caller, budget=budget)).account
    except AwsError:
        return None


async def _regions(
    account: Account,
    named: Sequence[str] | None,
    home: str,
    caller: Caller,
    budget: Budget,
) -> tuple[str, ...]:
    """Return the Regions that were named, else those that are enabled for the account."""
    if named is not None:
        return tuple(dict.fromkeys(named))
    answer = await caller.call(
        "ec2",
        "DescribeRegions",
        {},
        signer=account.signer,
        account=account.id or "",
        region=home,
        budget=budget,
    )
    return tuple(sorted(check_region(each["RegionName"]) for each in answer.get("Regions", ())))


async def _both(one: Awaitable[_A], other: Awaitable[_B]) -> tuple[_A, _B]:
    """Await both at once, let both end, then raise what the first of them raised."""
    first, second = await asyncio.gather(one, other, return_exceptions=True)
    if isinstance(first, BaseException):
        raise first
    if isinstance(second, BaseException):
        raise second
    return first, second
