"""The subnet assigns no public addresses by itself

## What it does
Turns off that what is launched in a subnet gets a public IPv4 address, or an IPv6 address, unless
it asks for one.

## When
On every subnet that Security Hub control EC2.15 fails. It is planned only by name (`--only`).

## Risk
What runs keeps its addresses. What is launched afterwards and counts on an address, without asking
for it, is not reached from the internet and does not reach it.

## How to undo
`bothup undo PLAN` turns on again what was on.
"""

from collections.abc import Iterator

from bothup.model.plan import Action
from bothup.model.remedy import Change, Refusal, Remedy
from bothup.model.subnet import Subnet
from bothup.model.verdicts import of_another

REMEDY = Remedy(id="no-automatic-addresses", controls=("EC2.15",), when_asked=True)


def propose(subnet: Subnet) -> Iterator[Change | Refusal]:
    """Propose to turn off what is on."""
    assigned = {
        "MapPublicIpOnLaunch": subnet.public_ipv4,
        "AssignIpv6AddressOnCreation": subnet.ipv6,
    }
    if of_another(subnet.owner, subnet.target):
        return
    if unknown := [name for name, value in assigned.items() if value is None]:
        yield Refusal(reason=f"AWS does not say {' and '.join(unknown)}", unread=True)
    if on := [name for name, value in assigned.items() if value]:
        yield Change(
            action=Action.SUBNET_ATTRIBUTE,
            resource=subnet.id,
            why="addresses are assigned at launch",
            before=dict.fromkeys(on, True),
            after=dict.fromkeys(on, False),
        )
