"""Asked: which operation of which service a request wants, and in which Region."""

import msgspec

from bothup.sim.policy import action_name
from bothup.sim.request import Request
from bothup.sim.signing import Signature, read_signature


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a request asks for; service and Region are those that it is signed for.

    `action` is the IAM action that it takes ("ec2:DescribeVpnConnections").
    """

    request: Request
    signature: Signature | None
    service: str
    region: str
    operation: str

    @property
    def action(self) -> str:
        """The IAM action that the request takes."""
        return action_name(self.service, self.operation)

    @property
    def role(self) -> str:
        """The ARN of the role that is to be assumed, "" where none is."""
        return self.request.form.get("RoleArn", "") if self.operation == "AssumeRole" else ""


def asked_by(request: Request) -> Asked:
    """What `request` asks for, as far as it can be told."""
    signature = read_signature(request)
    guess = "sts" if request.form.get("Version") == "2011-06-15" else "ec2"
    return Asked(
        request=request,
        signature=signature,
        service=signature.service if signature else guess,
        region=signature.region if signature else "",
        operation=_operation(request),
    )


# Operations of Security Hub and Network Synthetic Monitor: methods and paths, where * stands for a
# name (their API References).
_REST = {
    ("POST", "/monitors"): "CreateMonitor",
    ("GET", "/monitors/*"): "GetMonitor",
    ("DELETE", "/monitors/*"): "DeleteMonitor",
    ("POST", "/findings"): "GetFindings",
    ("POST", "/findings/import"): "BatchImportFindings",
    ("PATCH", "/findings/batchupdate"): "BatchUpdateFindings",
}


def _operation(request: Request) -> str:
    """The operation's name, by whichever protocol the request speaks; REST has only its path."""
    folder = request.path.rpartition("/")[0]
    for path in (request.path, f"{folder}/*"):
        if known := _REST.get((request.method, path)):
            return known
    if target := request.headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    if "/operation/" in request.path:
        return request.path.rpartition("/")[2]
    return request.form.get("Action") or f"{request.method} {request.path}"
