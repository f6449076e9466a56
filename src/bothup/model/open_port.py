"""A port that should not be open to the internet: the verdict on it, and how it is closed."""

from collections.abc import Iterator

from bothup.model.finding import Reason, Status, Verdict
from bothup.model.fixing import revoking
from bothup.model.plan import Action
from bothup.model.remedy import Change
from bothup.model.security_group import Opening, SecurityGroup
from bothup.model.verdicts import of_another, passed


def open_to_anywhere(group: SecurityGroup, port: int) -> tuple[Opening, ...]:
    """Give the inbound rules that let every address reach the TCP port."""
    return tuple(each for each in group.ingress if each.to_anywhere and each.opens_tcp(port))


def by_port(group: SecurityGroup, port: int) -> Verdict:
    """Judge a group; every rule that opens the port is a reason."""
    if elsewhere := of_another(group.owner, group.target):
        return elsewhere
    found = open_to_anywhere(group, port)
    if not found:
        return passed("port-closed", f"port {port} is not open to the internet")
    reasons = (
        Reason(code="port-open", text=f"port {port} is open to the internet: {each}")
        for each in found
    )
    return Verdict(status=Status.FAILED, reasons=tuple(reasons))


def revocations(group: SecurityGroup, port: int) -> Iterator[str]:
    """Yield the command that revokes a rule, for each rule that opens the port."""
    for opening in open_to_anywhere(group, port):
        yield revoking(group.target, group.id, "Ingress", opening)


def closing(group: SecurityGroup, port: int) -> Iterator[Change]:
    """Propose to revoke the rules that open the port, and nothing else."""
    rules = [each.permission for each in open_to_anywhere(group, port)]
    if rules and of_another(group.owner, group.target) is None:
        yield Change(
            action=Action.GROUP_RULES,
            resource=group.id,
            why=f"port {port} is open to the internet",
            before={"IpPermissions": rules},
            after={"IpPermissions": []},
        )
