"""Amazon EC2 subnets should not automatically assign public IP addresses

## What it checks
The control fails for a subnet that gives what is launched in it a public IPv4 address
(MapPublicIpOnLaunch) or an IPv6 address (AssignIpv6AddressOnCreation). A subnet that another
account shares is judged there.

## Why it matters
Whoever launches a machine in such a subnet puts it on the internet without having asked for it.
Addresses should be given where they are asked for: at launch, or by a load balancer.

## How to fix it
What runs already keeps its addresses, and what needs one at launch can still ask for it:
`aws ec2 modify-subnet-attribute --subnet-id SUBNET_ID --no-map-public-ip-on-launch`
`aws ec2 modify-subnet-attribute --subnet-id SUBNET_ID --no-assign-ipv6-address-on-creation`
`bothup plan --only EC2.15` plans it. Groups of instances that count on an address
(Auto Scaling in a public subnet without NAT) need it in their launch template first.

## When it is a false positive
Default subnets come like this, and nothing may run in them. A subnet for what must be public (NAT
gateways, load balancers) does not need the setting: they get their addresses by themselves. An IPv6
address is reached from the internet only where the route table has an internet gateway for it.
"""

from collections.abc import Iterator

from bothup.model.control import Control
from bothup.model.finding import Reason, Severity, Status, Verdict
from bothup.model.fixing import command
from bothup.model.subnet import Subnet
from bothup.model.verdicts import of_another, passed, unknown

CONTROL = Control(
    id="EC2.15",
    severity=Severity.MEDIUM,
    resource="AWS::EC2::Subnet",
    config_rule="subnet-auto-assign-public-ip-disabled",
    config_lag="some minutes",
    groups=("path",),
)


def judge(subnet: Subnet) -> Verdict:
    """Judge which addresses a subnet assigns by itself."""
    if elsewhere := of_another(subnet.owner, subnet.target):
        return elsewhere
    reasons = []
    if subnet.public_ipv4:
        text = "public IPv4 addresses are assigned at launch"
        reasons.append(Reason(code="assigns-public-ipv4", text=text))
    if subnet.ipv6:
        text = "IPv6 addresses are assigned at launch"
        reasons.append(Reason(code="assigns-ipv6", text=text))
    if reasons:
        return Verdict(status=Status.FAILED, reasons=tuple(reasons))
    if subnet.public_ipv4 is None or subnet.ipv6 is None:
        return unknown("setting-unknown", "AWS does not say whether addresses are assigned")
    return passed("assigns-no-address", "no address is assigned at launch")


def fix(subnet: Subnet) -> Iterator[str]:
    """Yield a command for each kind of address: EC2 takes one attribute a call."""
    target, off = subnet.target, {"Value": False}
    if subnet.public_ipv4:
        yield command(target, "ModifySubnetAttribute", SubnetId=subnet.id, MapPublicIpOnLaunch=off)
    if subnet.ipv6:
        yield command(
            target, "ModifySubnetAttribute", SubnetId=subnet.id, AssignIpv6AddressOnCreation=off
        )
