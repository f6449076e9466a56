"""ModifyVpnTunnelOptions: several options of one tunnel at once; those not named stay.

AWS replaces the tunnel's endpoint for it. Turning logs on or off asks for more than the call itself
(Site-to-Site VPN user guide, "Site-to-Site VPN logs").
"""

from collections.abc import Iterator

from bothup.aws.change.need import Need, ec2_arn
from bothup.model.plan import Action, Step
from bothup.model.tunnel_settings import LOGS

ACTION = Action.MODIFY_TUNNEL
PERMISSIONS = ("ec2:ModifyVpnTunnelOptions",)
LOG_PERMISSIONS = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step must be allowed."""
    arn = ec2_arn(step, f"vpn-connection/{step.resource}")
    yield Need("ModifyTunnels", PERMISSIONS, arn)
    if LOGS in step.after:
        yield Need("DeliverTunnelLogs", LOG_PERMISSIONS)
