"""The default security group of a VPC lets nothing in and nothing out

## What it does
Revokes every rule of a VPC's default security group, each for exactly what is there.

## When
On every default group that has rules, which Security Hub control EC2.2 finds. It is planned only by
name (`--only`).

## Risk
What uses the group loses its connections, at the latest with the next new one. Give such machines a
group of their own first: nothing here looks for them.

## How to undo
`bothup undo PLAN` authorizes the same rules again.
"""

from collections.abc import Iterator

from bothup.model.plan import Action
from bothup.model.remedy import Change, Refusal, Remedy
from bothup.model.security_group import DEFAULT_NAME, SecurityGroup
from bothup.model.verdicts import of_another

REMEDY = Remedy(id="closed-default-groups", controls=("EC2.2",), when_asked=True)


def propose(group: SecurityGroup) -> Iterator[Change | Refusal]:
    """Propose to revoke all rules of a default group."""
    ingress = [each.permission for each in group.ingress]
    egress = [each.permission for each in group.egress]
    if not group.name:
        text = "AWS does not say whether it is the default group of its VPC"
        yield Refusal(reason=text, unread=True)
    if group.name != DEFAULT_NAME or not ingress + egress:
        return
    if of_another(group.owner, group.target):
        return
    yield Change(
        action=Action.GROUP_RULES,
        resource=group.id,
        why="the default group has rules",
        before={"IpPermissions": ingress, "IpPermissionsEgress": egress},
        after={"IpPermissions": [], "IpPermissionsEgress": []},
        assumes=("nothing that is in use has this group alone",),
    )
