"""Selection: which accounts to read, and whose credentials reach each of them."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from bothup.aws.account import Account, identity
from bothup.aws.aside import aside
from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.organization import Member, members
from bothup.aws.roles import ASSUME_SECONDS, AssumedRole, Role
from bothup.aws.session import Session
from bothup.aws.signer import OwnCredentials, Signer
from bothup.errors import UsageError
from bothup.model.names import ACCOUNT_ID, EXTERNAL_ID, ROLE_ARN, ROLE_NAME, SESSION_NAME
from bothup.model.target import partition_of

_IDENTIFY_SECONDS, _LIST_SECONDS = 30.0, 300.0


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for. Nothing asked for is the account of the credentials at hand.

    `named` are account ids. `org` adds the organization's ACTIVE accounts, below `units` only where
    some are given, thinned out by `include` and `exclude`. `role_name` (with its path, if it has
    one) is assumed in every account but the credentials' own; `chain` are ARNs of roles to assume
    before it, one after the other. `external_id` goes with the last role of all.
    """

    named: tuple[str, ...] = ()
    org: bool = False
    units: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    role_name: str | None = None
    external_id: str | None = None
    session_name: str = "bothup"
    chain: tuple[str, ...] = ()

    @property
    def own_only(self) -> bool:
        """Whether nothing but the account at hand was asked for."""
        return not (self.named or self.org or self.role_name)


async def accounts(
    wanted: Selection,
    *,
    session: Session,
    caller: Caller,
    run: Budget,
    timeout: float = ASSUME_SECONDS,  # noqa: ASYNC109 - of what the signers do later
) -> tuple[Account, ...]:
    """List the accounts to read, each with its signer, within the run's budget.

    A signer has `timeout` seconds to assume its role.

    Raises UsageError where the selection cannot be carried out (no role named, wrong account),
    AwsError where Organizations or STS refuses.
    """
    check(wanted)
    own: Signer = OwnCredentials(session, run)
    if wanted.own_only and not wanted.chain:
        return (Account(id=None, signer=own),)
    budget = Budget.of(_IDENTIFY_SECONDS, run)
    home = await identity(own, session.home_region, caller=caller, budget=budget)
    assume = partial(AssumedRole, caller=caller, run=run, seconds=timeout)
    source, at = _chained(wanted, own, home.account, session.home_region, assume)
    if wanted.own_only:
        return (Account(id=at, signer=source),)
    ids = await _ids(wanted, session, run)
    if wanted.role_name is None:
        _expect_own(ids, home.account)
        return (Account(id=home.account, signer=source),)

    def signer(account: str) -> Signer:
        if account == at:
            return source
        partition = partition_of(session.home_region)
        role = Role(
            arn=f"arn:{partition}:iam::{account}:role/{wanted.role_name}",
            session_name=wanted.session_name,
            external_id=wanted.external_id,
            region=session.home_region,
        )
        return assume(role, source, at)

    return tuple(Account(id=account, signer=signer(account)) for account in ids)


def check(wanted: Selection) -> None:
    """Raise UsageError for a selection that no credentials could carry out."""
    for account in wanted.named:
        if not ACCOUNT_ID.fullmatch(account):
            raise UsageError(f"{account!r} is not an account id; expected twelve digits")
    if wanted.org and wanted.role_name is None:
        raise UsageError(
            "which role shall be assumed in the organization's accounts? Say --role-name NAME "
            "(accounts made by Organizations have OrganizationAccountAccessRole, which may do "
            "everything; `bothup iam scan` prints one that may only read)"
        )
    if wanted.org and wanted.named:
        raise UsageError("--org reads all accounts; --include chooses some, instead of --account")
    if wanted.role_name and not (wanted.named or wanted.org):
        raise UsageError("--role-name: in which accounts? Say --org, --accounts or --account")
    if (wanted.units or wanted.include or wanted.exclude) and not wanted.org:
        raise UsageError("--ou, --include and --exclude choose among the accounts of --org")
    if wanted.external_id is not None and not (wanted.role_name or wanted.chain):
        raise UsageError("--external-id goes with --role-name")
    _check_names(wanted)


def _check_names(wanted: Selection) -> None:
    """Refuse what STS would, once for all accounts and in words that fit."""
    role, session, external = wanted.role_name, wanted.session_name, wanted.external_id
    if role is not None and not ROLE_NAME.fullmatch(role):
        raise UsageError(
            f"--role-name {role!r}: expected the name that the role has in every account, as "
            "bothup-read, or ops/bothup-read with its path (--role-chain takes ARNs)"
        )
    if not SESSION_NAME.fullmatch(session):
        raise UsageError(f"--session-name {session!r}: expected 2 to 64 of A-Z a-z 0-9 _+=,.@-")
    if external is not None and not EXTERNAL_ID.fullmatch(external):
        raise UsageError(f"--external-id {external!r}: expected 2 to 1224 of A-Z a-z 0-9 _+=,.@:/-")
    for arn in wanted.chain:
        if not ROLE_ARN.fullmatch(arn):
            raise UsageError(f"--role-chain {arn!r}: expected the ARN of a role")


def _expect_own(ids: Sequence[str], own: str) -> None:
    for account in ids:
        if account != own:
            raise UsageError(
                f"the credentials are of account {own}, not {account}; to reach it, say which role "
                "to assume there: --role-name NAME"
            )


def _chained(
    wanted: Selection,
    own: Signer,
    account: str,
    region: str,
    assume: Callable[[Role, Signer, str], Signer],
) -> tuple[Signer, str]:
    """Return the signer at the end of the chain, and the account in which that is."""
    signer, at = own, account
    for arn in wanted.chain:
        last = arn == wanted.chain[-1] and wanted.role_name is None
        role = Role(
            arn=arn,
            session_name=wanted.session_name,
            external_id=wanted.external_id if last else None,
            region=region,
        )
        signer, at = assume(role, signer, at), arn.split(":")[4]
    return signer, at


async def _ids(wanted: Selection, session: Session, run: Budget) -> tuple[str, ...]:
    if not wanted.org:
        return tuple(dict.fromkeys(wanted.named))

    def listed() -> tuple[Member, ...]:
        return members(session, units=wanted.units, include=wanted.include, exclude=wanted.exclude)

    found = await aside(listed, "the organization's accounts", Budget.of(_LIST_SECONDS, run))
    if not found:
        raise UsageError("no ACTIVE account of the organization fits --ou, --include and --exclude")
    return tuple(member.id for member in found)
