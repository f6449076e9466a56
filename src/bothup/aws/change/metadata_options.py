"""ModifyInstanceMetadataOptions: whether the metadata service asks for a token."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, ec2_arn
from bothup.aws.collect.vpn_connections import Call
from bothup.model.plan import Action, Step
from bothup.model.tunnel_settings import Settings
from bothup.read.ec2.instance import tokens_of

ACTION = Action.METADATA_OPTIONS


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step, and its way back, must be allowed."""
    yield Need("ReadInstances", ("ec2:DescribeInstances",))
    yield Need(
        "ChangeInstanceMetadata",
        ("ec2:ModifyInstanceMetadataOptions",),
        ec2_arn(step, f"instance/{step.resource}"),
    )


async def current(call: Call, step: Step) -> Settings:
    """Read the setting as it is; raises AwsError or WrongField."""
    answer = await call("ec2", "DescribeInstances", {"InstanceIds": [step.resource]})
    return {"HttpTokens": tokens_of(answer)}
