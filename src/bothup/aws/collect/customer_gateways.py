"""The customer gateways of a Target: one DescribeCustomerGateways, for the API has no pages."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from bothup.aws.collect._command import command
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Absent, Document, Subject, Wanted, listed
from bothup.model.bundle import CustomerGateway
from bothup.model.diagnosis import EvidenceKind
from bothup.read.evidence_parts import read_customer_gateway, records
from bothup.read.fields import WrongField

PERMISSIONS = ("ec2:DescribeCustomerGateways",)

_OPERATION = "DescribeCustomerGateways"


async def customer_gateways(call: Call) -> dict[str, CustomerGateway]:
    """Read the Target's customer gateways, by id; one that cannot be read is left out.

    Raises AwsError where AWS gives no answer.
    """
    answer = await call("ec2", _OPERATION, {})
    found: dict[str, CustomerGateway] = {}
    for entry in records(answer.get("CustomerGateways", []), "CustomerGateways"):
        try:
            gateway = read_customer_gateway(entry)
        except WrongField:
            continue
        found[gateway.id] = gateway
    return found


def wanted(subject: Subject) -> Iterator[Wanted]:
    """Want what AWS believes of the connection's device: its address, its ASN, its certificate."""
    name = subject.connection.customer_gateway_id
    if name is None:
        return
    params = {"Filters": [{"Name": "customer-gateway-id", "Values": [name]}]}
    yield Wanted(
        kind=EvidenceKind.CUSTOMER_GATEWAY,
        what=f"the customer gateway {name}",
        command=command("ec2", _OPERATION, subject.target.region, params),
        fetch=partial(_fetch, name, params),
    )


async def _fetch(name: str, params: dict[str, Any], call: Call) -> Document:
    answer = await call("ec2", _OPERATION, params)
    for entry in listed(answer, "CustomerGateways"):
        return {"customer_gateway": dict(entry)}
    raise Absent(f"the customer gateway {name} is not there any more")
