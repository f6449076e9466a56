"""ModifyClientVpnEndpoint: an endpoint's connection log; sessions go on."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, ec2_arn
from bothup.model.plan import Action, Step

ACTION = Action.MODIFY_CLIENT_VPN
PERMISSIONS = ("ec2:ModifyClientVpnEndpoint",)


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step must be allowed, to read the endpoint as well."""
    yield Need("ReadClientVpnEndpoints", ("ec2:DescribeClientVpnEndpoints",))
    arn = ec2_arn(step, f"client-vpn-endpoint/{step.resource}")
    yield Need("ModifyClientVpnEndpoints", PERMISSIONS, arn)
