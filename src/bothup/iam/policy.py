"""IAM policies: what a verb's credentials may do, and who may assume the role that reads."""

import re
from collections.abc import Iterable
from typing import Any

from bothup.errors import UsageError
from bothup.iam.verbs import purposes
from bothup.model.names import ACCOUNT_ID, EXTERNAL_ID, ROLE_NAME

Document = dict[str, Any]


def permissions(
    verb: str,
    *,
    kinds: Iterable[type] = (),
    role_name: str | None = None,
    org: bool = False,
    partition: str = "aws",
) -> Document:
    """Make the policy for a verb: to read the account that its credentials are of.

    `kinds` are the kinds of evidence that a scan reads, those of the default controls where none
    is named.

    With `role_name` (with its path, if it has one) they may also assume that role in any other
    account, with `org` list the organization's accounts. Raises UsageError for a name that is none.
    """
    # What EC2 and Organizations list belongs to no resource that could be named beforehand.
    # A partition may be left open, as the policy of a role in any of them does.
    resources = {"read": "*", "alarms": "arn:*:cloudwatch:*:*:alarm:bothup/*"}
    if role_name is not None:
        name = checked(ROLE_NAME, role_name, "the name of a role")
        resources["role"] = f"arn:{partition}:iam::*:role/{name}"
    if org:
        resources["org"] = "*"
    return document(
        {
            "Sid": purpose.sid,
            "Effect": "Allow",
            "Action": purpose.actions,
            "Resource": resources[purpose.where],
        }
        for purpose in purposes(verb, kinds)
        if purpose.where in resources
    )


def trust(
    verb: str, account: str, *, external_id: str | None = None, partition: str = "aws"
) -> Document:
    """Make the trust policy of a verb's role: principals of the account may assume it.

    Raises UsageError for an account or an external id that cannot be one.
    """
    purposes(verb)
    statement = assumed_by(f"arn:{partition}:iam::{check_account(account)}:root")
    if external_id is not None:
        statement["Condition"] = asking_for(check_external_id(external_id))
    return document([statement])


def document(statements: Iterable[Document]) -> Document:
    """Put statements into a policy."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def assumed_by(principal: object) -> Document:
    """Make the statement by which a role trusts a principal."""
    return {
        "Sid": "AssumedToRead",
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
    }


def asking_for(external_id: object) -> Document:
    """Make the condition that keeps out whoever does not know the external id."""
    return {"StringEquals": {"sts:ExternalId": external_id}}


def check_account(account: str) -> str:
    """Return the id of an account; raises UsageError for what is none."""
    return checked(ACCOUNT_ID, account, "an account id of twelve digits")


def check_external_id(external_id: str) -> str:
    """Return an external id; raises UsageError for what IAM does not take as one."""
    return checked(EXTERNAL_ID, external_id, "an external id: 2 to 1224 of A-Z a-z 0-9 +=,.@:/-_")


def checked(form: re.Pattern[str], text: str, what: str) -> str:
    """Return a text that has the form; raises UsageError otherwise."""
    if not form.fullmatch(text):
        raise UsageError(f"{text!r} is not {what}")
    return text
