"""The customer gateways of a Target: one DescribeCustomerGateways, for the API has no pages."""

from bothup.aws.collect.vpn_connections import Call
from bothup.model.bundle import CustomerGateway
from bothup.read.evidence_parts import read_customer_gateway, records
from bothup.read.fields import WrongField

PERMISSIONS = ("ec2:DescribeCustomerGateways",)


async def customer_gateways(call: Call) -> dict[str, CustomerGateway]:
    """Read the Target's customer gateways, by id; one that cannot be read is left out.

    Raises AwsError where AWS gives no answer.
    """
    answer = await call("ec2", "DescribeCustomerGateways", {})
    found: dict[str, CustomerGateway] = {}
    for entry in records(answer.get("CustomerGateways", []), "CustomerGateways"):
        try:
            gateway = read_customer_gateway(entry)
        except WrongField:
            continue
        found[gateway.id] = gateway
    return found
