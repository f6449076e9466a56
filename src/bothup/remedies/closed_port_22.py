"""Port 22 is not open to the internet

## What it does
Revokes each inbound rule that lets every address of IPv4 or IPv6 reach TCP port 22, for exactly
that peer. What the rule lets in from other peers stays, and so do other rules.

## When
On every security group that Security Hub control EC2.13 fails. It is planned only by name
(`--only`).

## Risk
A rule for a range of ports, or for all protocols, is revoked as a whole: what else it opened to the
internet is closed with it. New sessions of SSH from the internet are refused.

## How to undo
`bothup undo PLAN` authorizes the same rules again.
"""

from collections.abc import Iterator

from bothup.model.open_port import closing
from bothup.model.remedy import Change, Refusal, Remedy
from bothup.model.security_group import SecurityGroup

REMEDY = Remedy(id="closed-port-22", controls=("EC2.13",), when_asked=True)


def propose(group: SecurityGroup) -> Iterator[Change | Refusal]:
    """Propose to revoke the rules that open the port."""
    yield from closing(group, 22)
