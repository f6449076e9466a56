"""Account: who signs for it, and which of its Regions are to be read."""

import asyncio
from collections.abc import Sequence

import msgspec

from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.session import Session, check_region
from bothup.aws.signer import Signer
from bothup.errors import AwsError, CredentialsRejected, Expired, Unreachable, UsageError
from bothup.model.target import Target

# GetCallerIdentity needs no permission (STS API Reference).
PERMISSIONS = ("ec2:DescribeRegions",)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account to be read. `id` is None where only the credentials know it."""

    id: str | None
    signer: Signer


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """An account whose credentials work, with the Targets to read in it.

    `proven` says that AWS accepted the credentials in this run: a Region that rejects them all the
    same is one that the account has not enabled. `unnamed` is why nobody knows whose account it is,
    None where that is known.
    """

    account: Account
    targets: tuple[Target, ...]
    proven: bool
    unnamed: AwsError | None = None


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """An account whose Targets are not known, with its id as far as that is known, and why."""

    account: str | None
    error: AwsError


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
) -> Opened | Closed:
    """Get the account's credentials, and find out its id and its enabled Regions where unknown.

    `regions` are read as they are named; None stands for all that the account has enabled.
    Raises UsageError where AWS rejects the credentials at hand.
    """
    try:
        told = (await account.signer.credentials()).account
    except AwsError as error:
        return Closed(account=account.id, error=error)
    home = session.home_region
    known, names = await asyncio.gather(
        _identity(account, home, caller, budget),
        _regions(account, regions, home, caller, budget),
        return_exceptions=True,
    )
    unnamed = known if isinstance(known, AwsError) else None
    if isinstance(known, BaseException) and not unnamed:
        raise known
    # Whoever gave the credentials may have said whose they are; STS's word counts for more.
    owner = told if isinstance(known, BaseException) else known
    if isinstance(names, AwsError):
        return Closed(account=owner, error=names)
    if isinstance(names, BaseException):
        raise names
    return Opened(
        account=account,
        targets=tuple(Target(account=owner, region=name) for name in names),
        proven=unnamed is None or regions is None,
        unnamed=None if owner else unnamed,
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


async def _identity(account: Account, home: str, caller: Caller, budget: Budget) -> str:
    """Return the account's id; raises AwsError where only STS knows it, and does not answer."""
    if account.id is not None:
        return account.id
    try:
        return (await identity(account.signer, home, caller=caller, budget=budget)).account
    except AwsError as error:
        error.args = (f"whose account this is, is not known (AWS_ACCOUNT_ID can say): {error}",)
        raise


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
    try:
        answer = await caller.call(
            "ec2",
            "DescribeRegions",
            {},
            signer=account.signer,
            account=account.id or "",
            region=home,
            budget=budget,
        )
    except AwsError as error:
        error.args = (f"cannot list the enabled Regions (--region names some): {error}",)
        raise
    if not answer.get("Regions"):
        raise Unreachable("the answer to DescribeRegions names no Region")
    return tuple(sorted(check_region(each["RegionName"]) for each in answer["Regions"]))
