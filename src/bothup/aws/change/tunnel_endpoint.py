"""ReplaceVpnTunnel: a new endpoint for one tunnel, its options and its address kept."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, ec2_arn
from bothup.model.plan import Action, Step

ACTION = Action.REPLACE_TUNNEL
PERMISSIONS = ("ec2:ReplaceVpnTunnel",)


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step must be allowed, to read whether maintenance is pending as well."""
    yield Need("ReadMaintenance", ("ec2:GetVpnTunnelReplacementStatus",))
    arn = ec2_arn(step, f"vpn-connection/{step.resource}")
    yield Need("ReplaceTunnels", PERMISSIONS, arn)
