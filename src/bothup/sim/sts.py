"""STS: who is calling, and sessions of roles in any account of the scenario."""

import re
from typing import Any

from bothup.sim.caller import Caller
from bothup.sim.context import Context, Operation
from bothup.sim.policy import denied
from bothup.sim.refusal import Refusal
from bothup.sim.scenario import Account, Role

Params = dict[str, Any]


def get_caller_identity(context: Context, params: Params) -> Params:  # noqa: ARG001 - an Operation
    """The caller's account, ARN and id; nobody can be denied this call."""
    caller = context.caller
    return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}


def assume_role(context: Context, params: Params) -> Params:
    """Keys for a session of a role that exists and trusts the caller's account.

    A role that is not there is refused like one that does not trust the caller.
    """
    arn, name = params.get("RoleArn", ""), params.get("RoleSessionName", "")
    if not re.fullmatch(r"[\w+=,.@-]{2,64}", name):
        raise _invalid("roleSessionName", name, r"satisfy regular expression pattern: [\w+=,.@-]*")
    account, role = _find_role(context, arn)
    if not _admits(context, account, role, params.get("ExternalId")):
        raise denied(context.caller, "sts:AssumeRole", arn)
    seconds = _duration(context.caller, role, params.get("DurationSeconds", 3600))
    key = context.keys.session(account, role, name, seconds)
    return {
        "Credentials": {
            "AccessKeyId": key.id,
            "SecretAccessKey": key.secret,
            "SessionToken": key.token,
            "Expiration": key.expires,
        },
        "AssumedRoleUser": {"AssumedRoleId": key.caller.user_id, "Arn": key.caller.arn},
    }


def _find_role(context: Context, arn: str) -> tuple[Account, Role]:
    match = re.fullmatch(r"arn:aws:iam::(\d{12}):role/(?:.*/)?([\w+=,.@-]+)", arn)
    if match is None:
        raise Refusal("ValidationError", f"{arn} is invalid", 400)
    account = context.world.accounts.get(match[1])
    for role in account.roles if account else ():
        if account and role.name == match[2]:
            return account, role
    raise denied(context.caller, "sts:AssumeRole", arn)


def _admits(context: Context, account: Account, role: Role, external_id: str | None) -> bool:
    trusted = role.trusts or (context.world.scenario.management.id,)
    if account.status != "ACTIVE" or context.caller.account not in trusted:
        return False
    return role.external_id is None or role.external_id == external_id


def _duration(caller: Caller, role: Role, seconds: int) -> int:
    """How long the session lasts: AWS takes 15 minutes to the role's limit, 1 hour when chained."""
    if seconds < 900:
        raise _invalid("durationSeconds", seconds, "have value greater than or equal to 900")
    if caller.role and seconds > 3600:
        raise Refusal(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining",
        )
    if seconds > role.max_session:
        raise Refusal(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    return seconds


def _invalid(name: str, value: object, rule: str) -> Refusal:
    return Refusal(
        "ValidationError",
        f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: "
        f"Member must {rule}",
    )


STS: dict[str, Operation] = {
    "GetCallerIdentity": get_caller_identity,
    "AssumeRole": assume_role,
}
