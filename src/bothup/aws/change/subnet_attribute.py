"""ModifySubnetAttribute: which addresses a subnet assigns by itself."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, ec2_arn
from bothup.aws.collect.vpn_connections import Call
from bothup.model.plan import Action, Step
from bothup.model.tunnel_settings import Settings
from bothup.read.fields import each, flag

ACTION = Action.SUBNET_ATTRIBUTE


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step, and its way back, must be allowed."""
    yield Need("ReadSubnets", ("ec2:DescribeSubnets",))
    yield Need(
        "ChangeSubnets", ("ec2:ModifySubnetAttribute",), ec2_arn(step, f"subnet/{step.resource}")
    )


async def current(call: Call, step: Step) -> Settings:
    """Read the setting as it is; raises AwsError or WrongField."""
    answer = await call("ec2", "DescribeSubnets", {"SubnetIds": [step.resource]})
    (found,) = each(answer, "Subnets", dict) or [{}]
    return {name: flag(found, name) for name in step.after}
