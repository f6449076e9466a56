"""Policy: whether a caller may do something, and how each service says that it may not."""

from fnmatch import fnmatchcase

from bothup.sim.caller import Caller
from bothup.sim.refusal import Refusal

# Signing names under which IAM knows a service by another name.
_IAM_PREFIXES = {"monitoring": "cloudwatch", "email": "ses"}
ALWAYS_ALLOWED = frozenset({"sts:GetCallerIdentity"})


def action_name(service: str, operation: str) -> str:
    """The IAM action of an operation: `ec2:DescribeVpnConnections`."""
    return f"{_IAM_PREFIXES.get(service, service)}:{operation}"


def check_allowed(caller: Caller, action: str, resource: str | None = None) -> None:
    """Refuse `action` unless every policy that bounds the caller allows it."""
    if action in ALWAYS_ALLOWED:
        return
    for policy in caller.policies:
        if not any(fnmatchcase(action.lower(), allowed.lower()) for allowed in policy):
            raise denied(caller, action, resource)


def denied(caller: Caller, action: str, resource: str | None = None) -> Refusal:
    """The refusal of `action` in the service's own words."""
    service = action.partition(":")[0]
    text = f"User: {caller.arn} is not authorized to perform: {action}"
    if service == "ec2":
        code = "UnauthorizedOperation"
        text = (
            f"You are not authorized to perform this operation. {text} because no identity-based "
            f"policy allows the {action} action"
        )
    else:
        code = (
            "AccessDenied" if service in ("sts", "sns", "cloudwatch") else "AccessDeniedException"
        )
        text += f" on resource: {resource}" if resource else ""
    return Refusal(code, text, 400 if code == "AccessDeniedException" else 403)
