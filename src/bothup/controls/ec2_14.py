"""Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 3389

## What it checks
The control fails for a security group with an inbound rule that lets every address of IPv4
(0.0.0.0/0) or of IPv6 (::/0) reach TCP port 3389: by itself, within a range of ports, or because
the rule is for all protocols. Each such rule is named. Rules for a prefix list or for another group
are not looked into, and UDP is not RDP.

## Why it matters
Port 3389 is RDP, and is tried from the internet within minutes: passwords are guessed, and new
holes in the server are used before anybody has mended them. It also tells whom it is worth to try.

## How to fix it
Let in the addresses that need it, or nobody: Session Manager and EC2 Instance Connect Endpoint
reach machines without an open port. Then revoke the one rule; a range is to be replaced by what is
still needed of it:
`aws ec2 revoke-security-group-ingress --group-id GROUP_ID
--ip-permissions 'IpProtocol=tcp,FromPort=3389,ToPort=3389,IpRanges=[{CidrIp=0.0.0.0/0}]'`
`bothup explain EC2.14 --script` prints the commands for the rules that are there, and
`bothup plan --only EC2.14` plans them, with what to restore. Sessions that are open stay open for a
while.

## When it is a false positive
A group that nothing uses lets nobody in: delete it. A bastion that has to be reached from anywhere
is an accepted risk, to be muted with a reason and an end date.
"""

from collections.abc import Iterator

from bothup.model.control import Control
from bothup.model.finding import Severity, Verdict
from bothup.model.open_port import by_port, revocations
from bothup.model.security_group import SecurityGroup

CONTROL = Control(
    id="EC2.14",
    severity=Severity.HIGH,
    resource="AWS::EC2::SecurityGroup",
    config_rule="restricted-common-ports",
    config_lag="some minutes",
    groups=("path",),
)

PORT = 3389


def judge(group: SecurityGroup) -> Verdict:
    """Judge the inbound rules of a group."""
    return by_port(group, PORT)


def fix(group: SecurityGroup) -> Iterator[str]:
    """Yield the command that revokes a rule, for each rule that opens the port."""
    yield from revocations(group, PORT)
