"""Amazon EC2 should be configured to use VPC endpoints that are created for the Amazon EC2 service

## What it checks
The control fails for a VPC that has no available interface endpoint for the service
`com.amazonaws.REGION.ec2`. A VPC that another account shares is judged there: its endpoints cannot
be seen from an account that it is shared with.

## Why it matters
Without the endpoint, calls to the EC2 API leave the VPC by an internet or NAT gateway, and stop
where there is none. With it they stay in AWS's network, and its policy says who may call what.

## How to fix it
`aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id VPC_ID
--service-name com.amazonaws.REGION.ec2 --subnet-ids SUBNET_IDS --security-group-ids GROUP_ID
--private-dns-enabled`
The group has to let port 443 in from the VPC. An endpoint is charged for each hour and zone, and
changes where the name of the EC2 API leads to, so nothing here makes one by itself.

## When it is a false positive
A VPC that nothing in it calls the EC2 API from does not need one, nor does one that reaches the
endpoint of another VPC through a transit gateway: mute it. AWS fails it in either case.
"""

from collections.abc import Iterator

from bothup.model.control import Control
from bothup.model.finding import Severity, Verdict
from bothup.model.fixing import command
from bothup.model.verdicts import failed, of_another, passed
from bothup.model.vpc import Vpc, VpcEndpoints

CONTROL = Control(
    id="EC2.10",
    severity=Severity.MEDIUM,
    resource="AWS::EC2::VPC",
    config_rule="vpc-endpoint-enabled",
    config_lag="up to 24 hours",
    groups=("path",),
)

_AVAILABLE = "available"
# What the name of EC2's endpoint service begins with, by partition, before com.amazonaws.
_PREFIXES = {"aws-cn": "cn."}


def judge(vpc: Vpc, endpoints: VpcEndpoints) -> Verdict:
    """Judge whether a VPC has an endpoint for EC2."""
    if elsewhere := of_another(vpc.owner, vpc.target):
        return elsewhere
    found = endpoints.of.get(vpc.id, ())
    ready = next((each for each in found if each.state == _AVAILABLE), None)
    if ready:
        return passed("ec2-endpoint", f"{ready.id} is the VPC's endpoint for EC2")
    if not found:
        return failed("no-ec2-endpoint", "the VPC has no endpoint for EC2")
    states = ", ".join(f"{each.id} is {each.state or 'in an unknown state'}" for each in found)
    return failed("endpoint-not-available", f"no endpoint for EC2 is available: {states}")


def fix(vpc: Vpc, endpoints: VpcEndpoints) -> Iterator[str]:
    """Yield the command that makes an endpoint; where in the VPC, a person has to say."""
    if broken := endpoints.of.get(vpc.id):
        yield f"# there already, and not available: {', '.join(each.id for each in broken)}"
    yield ': "${SUBNET_IDS:?subnets of the VPC, with blanks between them}"'
    yield ': "${GROUP_ID:?a security group that lets port 443 in from the VPC}"'
    prefix = _PREFIXES.get(vpc.target.partition, "")
    made = command(
        vpc.target,
        "CreateVpcEndpoint",
        VpcEndpointType="Interface",
        VpcId=vpc.id,
        ServiceName=f"{prefix}com.amazonaws.{vpc.target.region}.ec2",
        PrivateDnsEnabled=True,
    )
    yield f'{made} --subnet-ids $SUBNET_IDS --security-group-ids "$GROUP_ID"'
