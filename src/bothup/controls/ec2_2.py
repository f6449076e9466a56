"""VPC default security groups should not allow inbound or outbound traffic

## What it checks
Every VPC has a security group called `default`, which cannot be deleted. The control fails where it
has any rule, inbound or outbound, whoever the rule is for. A new default group has two: everything
within the group, and everything outbound. Other groups are NOT_APPLICABLE.

## Why it matters
What is launched without naming a group gets the default one. A rule that somebody put there for one
machine is then in force for every machine that anybody forgets to give a group.

## How to fix it
Give what uses the group one of its own first: `aws ec2 describe-network-interfaces --filters
Name=group-id,Values=GROUP_ID`. Then revoke each rule of the default group:
`aws ec2 revoke-security-group-ingress --group-id GROUP_ID --ip-permissions RULE` and
`revoke-security-group-egress`. `bothup explain EC2.2 --script` prints the commands for the rules
that are there; `bothup plan --only EC2.2` plans it, and `bothup undo` restores them.

## When it is a false positive
In a VPC that nothing runs in, the rules let nobody in; they will, as soon as something does.
"""

from collections.abc import Iterator

from bothup.model.control import Control
from bothup.model.finding import Reason, Severity, Status, Verdict
from bothup.model.fixing import command, revoking
from bothup.model.security_group import DEFAULT_NAME, SecurityGroup
from bothup.model.verdicts import not_applicable, of_another, passed, unknown

CONTROL = Control(
    id="EC2.2",
    severity=Severity.HIGH,
    resource="AWS::EC2::SecurityGroup",
    config_rule="vpc-default-security-group-closed",
    config_lag="some minutes",
    groups=("path",),
)


def judge(group: SecurityGroup) -> Verdict:
    """Judge a group that is the default one of its VPC."""
    if not group.name:
        return unknown(
            "name-unknown", "AWS does not say whether it is the default group of its VPC"
        )
    if group.name != DEFAULT_NAME:
        return not_applicable("not-default", "it is not the default group of its VPC")
    if elsewhere := of_another(group.owner, group.target):
        return elsewhere
    reasons = [
        *(Reason(code="inbound-rule", text=f"inbound rule: {each}") for each in group.ingress),
        *(Reason(code="outbound-rule", text=f"outbound rule: {each}") for each in group.egress),
    ]
    if reasons:
        return Verdict(status=Status.FAILED, reasons=tuple(reasons))
    return passed("no-rules", "the default group has no rules")


def fix(group: SecurityGroup) -> Iterator[str]:
    """Yield the command that revokes a rule, for each rule."""
    yield "# what uses the group has to be given one of its own first:"
    filters = [{"Name": "group-id", "Values": [group.id]}]
    yield command(group.target, "DescribeNetworkInterfaces", Filters=filters)
    for opening in group.ingress:
        yield revoking(group.target, group.id, "Ingress", opening)
    for opening in group.egress:
        yield revoking(group.target, group.id, "Egress", opening)
