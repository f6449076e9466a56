"""Revoking and authorizing rules of a security group, one peer at a time."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, ec2_arn
from bothup.aws.collect.vpn_connections import Call
from bothup.errors import AwsError
from bothup.model.connection import Malformed
from bothup.model.plan import Action, Step
from bothup.model.resource_calls import RULES
from bothup.model.tunnel_settings import Settings
from bothup.read.ec2.security_group import read_security_group

ACTION = Action.GROUP_RULES


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step, and its way back, must be allowed."""
    yield Need("ReadSecurityGroups", ("ec2:DescribeSecurityGroups",))
    arn = ec2_arn(step, f"security-group/{step.resource}")
    for name, direction in RULES.items():
        if step.before.get(name) or step.after.get(name):
            verbs = (f"ec2:{verb}SecurityGroup{direction}" for verb in ("Authorize", "Revoke"))
            yield Need("ChangeSecurityGroupRules", tuple(verbs), arn)


async def current(call: Call, step: Step) -> Settings:
    """Say which of the rules that the step names are there; raises AwsError."""
    answer = await call("ec2", "DescribeSecurityGroups", {"GroupIds": [step.resource]})
    (item,) = answer.get("SecurityGroups") or [None]
    group = read_security_group(item, step.target)
    if isinstance(group, Malformed):
        raise AwsError(f"AWS's description of {step.resource} cannot be read: {group.problem}")
    there = {
        "IpPermissions": [each.permission for each in group.ingress],
        "IpPermissionsEgress": [each.permission for each in group.egress],
    }
    return {
        name: [each for each in step.before.get(name) or step.after[name] if each in there[name]]
        for name in step.after
    }
