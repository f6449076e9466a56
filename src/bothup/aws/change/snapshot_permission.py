"""ModifySnapshotAttribute: whether everybody may restore a snapshot."""

from collections.abc import Iterator

from bothup.aws.change.need import Need
from bothup.aws.collect.vpn_connections import Call
from bothup.model.plan import Action, Step
from bothup.model.tunnel_settings import Settings
from bothup.read.fields import each, text

ACTION = Action.SNAPSHOT_PERMISSION


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step, and its way back, must be allowed."""
    yield Need("ReadSnapshotPermissions", ("ec2:DescribeSnapshotAttribute",))
    yield Need("ChangeSnapshotPermissions", ("ec2:ModifySnapshotAttribute",), _arn(step))


async def current(call: Call, step: Step) -> Settings:
    """Read the setting as it is; raises AwsError or WrongField."""
    params = {"SnapshotId": step.resource, "Attribute": "createVolumePermission"}
    answer = await call("ec2", "DescribeSnapshotAttribute", params)
    groups = each(answer, "CreateVolumePermissions", lambda entry: text(entry, "Group"))
    return {"Public": "all" in groups}


def _arn(step: Step) -> str:
    """ARNs of snapshots name no account (Service Authorization Reference, Amazon EC2)."""
    return f"arn:{step.target.partition}:ec2:{step.region}::snapshot/{step.resource}"
