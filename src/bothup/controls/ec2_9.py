"""Amazon EC2 instances should not have a public IPv4 address

## What it checks
The control fails for an instance that has a public IPv4 address, on any of its network interfaces,
whether AWS assigned it at launch or it is an Elastic IP. Terminated instances are NOT_APPLICABLE.

## Why it matters
A machine with a public address is one mistake in a security group away from the internet. What
serves the internet can stand behind a load balancer, and what only calls out behind a NAT gateway.

## How to fix it
An address that was assigned at launch cannot be taken away while it runs, other than by
`aws ec2 modify-network-interface-attribute --network-interface-id INTERFACE_ID
--no-associate-public-ip-address`; an Elastic IP can:
`aws ec2 disassociate-address --association-id ASSOCIATION_ID`. Either cuts off whoever uses it, so
nothing here does it by itself. Stop subnets from assigning addresses (EC2.15).

## When it is a false positive
A bastion, a NAT instance, or a VPN device of your own needs one: an accepted risk, to be muted with
a reason and an end date.
"""

import shlex
from collections.abc import Iterator

from bothup.model.control import Control
from bothup.model.finding import Reason, Severity, Status, Verdict
from bothup.model.fixing import region
from bothup.model.instance import GONE, Instance
from bothup.model.verdicts import not_applicable, passed, unknown

CONTROL = Control(
    id="EC2.9",
    severity=Severity.HIGH,
    resource="AWS::EC2::Instance",
    config_rule="ec2-instance-no-public-ip",
    config_lag="some minutes",
    groups=("path",),
)


def judge(instance: Instance) -> Verdict:
    """Judge the addresses of an instance."""
    if instance.state in GONE:
        return not_applicable(f"state-{instance.state}", f"the instance is {instance.state}")
    if instance.public_ips is None:
        return unknown("addresses-unknown", "AWS does not say which addresses the instance has")
    if not instance.public_ips:
        return passed("no-public-ip", "the instance has no public IPv4 address")
    reasons = (
        Reason(code="public-ip", text=f"the instance has the public address {address}")
        for address in instance.public_ips
    )
    return Verdict(status=Status.FAILED, reasons=tuple(reasons))


def fix(instance: Instance) -> Iterator[str]:
    """Yield the commands that take Elastic IPs away; they cut off whoever uses them."""
    where = region(instance.target)
    query = "--query 'Addresses[0].AssociationId' --output text"
    for address in instance.public_ips or ():
        yield f"# {address}: an Elastic IP can be disassociated; one assigned at launch goes with a"
        yield "# restart, once its subnet does not assign addresses any more (EC2.15)"
        yield (
            f"association=$(aws ec2 describe-addresses --region {where} --filters "
            f"Name=public-ip,Values={shlex.quote(address)} {query})"
        )
        yield (
            "[[ $association == None ]] || aws ec2 disassociate-address "
            f'--region {where} --association-id "$association"'
        )
