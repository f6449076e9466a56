"""The role that reads, as a CloudFormation template: deployed to all accounts by a StackSet.

It names no account and no partition, so one template serves every account of an organization.
Deploying it needs CAPABILITY_NAMED_IAM, for the role has a name of its own.
"""

import re
from collections.abc import Iterable

from bothup.iam.policy import (
    Document,
    asking_for,
    assumed_by,
    check_account,
    check_external_id,
    checked,
    document,
    permissions,
)

DEFAULT_ROLE = "bothup-read"
_ROLE = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)


def template(
    verb: str,
    *,
    kinds: Iterable[type] = (),
    role_name: str | None = None,
    account: str | None = None,
    external_id: str | None = None,
) -> Document:
    """Make the template of a role that may do what the verb does in an account that it reads.

    What is given becomes the default of a parameter. Raises UsageError for a name or an id that
    cannot be one, and for a role with a path.
    """
    if role_name is not None:
        checked(_ROLE, role_name, "the name of a role without a path")
    if account is not None:
        check_account(account)
    if external_id is not None:
        check_external_id(external_id)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"A role for `bothup {verb}`: it may do what that needs, and nothing else",
        "Parameters": _parameters(role_name or DEFAULT_ROLE, account, external_id),
        "Conditions": {"HasExternalId": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ExternalId"}, ""]}]}},
        "Resources": {"ReadingRole": {"Type": "AWS::IAM::Role", "Properties": _role(verb, kinds)}},
        "Outputs": {
            "RoleArn": {
                "Description": "ARN of the role",
                "Value": {"Fn::GetAtt": ["ReadingRole", "Arn"]},
            }
        },
    }


def _parameters(role_name: str, account: str | None, external_id: str | None) -> Document:
    return {
        "RoleName": {
            "Type": "String",
            "Description": "Name of the role, the same in every account (--role-name)",
            "AllowedPattern": "^[A-Za-z0-9_+=,.@-]{1,64}$",
            "Default": role_name,
        },
        "TrustedAccountId": {
            "Type": "String",
            "Description": "Account whose credentials run bothup",
            "AllowedPattern": "^[0-9]{12}$",
            **({"Default": account} if account else {}),
        },
        "ExternalId": {
            "Type": "String",
            "Description": "External id that the role asks for (--external-id); empty for none",
            "AllowedPattern": "^$|^[A-Za-z0-9_+=,.@:/-]{2,1224}$",
            "Default": external_id or "",
        },
    }


def _role(verb: str, kinds: Iterable[type]) -> Document:
    principal = {"Fn::Sub": "arn:${AWS::Partition}:iam::${TrustedAccountId}:root"}
    condition = asking_for({"Ref": "ExternalId"})
    trusting = {
        **assumed_by(principal),
        "Condition": {"Fn::If": ["HasExternalId", condition, {"Ref": "AWS::NoValue"}]},
    }
    return {
        "RoleName": {"Ref": "RoleName"},
        "Description": f"Assumed by bothup {verb}",
        "AssumeRolePolicyDocument": document([trusting]),
        "Policies": [
            {"PolicyName": f"bothup-{verb}", "PolicyDocument": permissions(verb, kinds=kinds)}
        ],
    }
