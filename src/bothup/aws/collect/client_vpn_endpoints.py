"""The Client VPN endpoints of a Target, page by page."""

from collections.abc import Sequence
from typing import Any

from bothup.aws.collect.vpn_connections import Call
from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.target import Target
from bothup.read.evidence_parts import records
from bothup.read.fields import Record, flag, part, text, writable

PERMISSIONS = ("ec2:DescribeClientVpnEndpoints",)


async def client_vpn_endpoints(
    call: Call, target: Target, ids: Sequence[str] = ()
) -> tuple[ClientVpnEndpoint, ...]:
    """Read the Target's endpoints, or those of these ids.

    Raises AwsError where AWS gives no answer, WrongField for an answer that makes no sense.
    """
    params: dict[str, Any] = {"ClientVpnEndpointIds": list(ids)} if ids else {}
    found: list[ClientVpnEndpoint] = []
    while True:
        answer = await call("ec2", "DescribeClientVpnEndpoints", params)
        listed = records(answer.get("ClientVpnEndpoints", []), "ClientVpnEndpoints")
        found += [_endpoint(entry, target) for entry in listed]
        if not answer.get("NextToken"):
            return tuple(found)
        params = {**params, "NextToken": answer["NextToken"]}


def _endpoint(entry: Record, target: Target) -> ClientVpnEndpoint:
    log: Record = part(entry, "ConnectionLogOptions", lambda given: given, {})
    tags = entry.get("Tags") or []
    return ClientVpnEndpoint(
        id=text(entry, "ClientVpnEndpointId") or "",
        target=target,
        state=part(entry, "Status", lambda status: text(status, "Code") or "", ""),
        log_enabled=flag(log, "Enabled") or False,
        log_group=text(log, "CloudwatchLogGroup") or None,
        log_stream=text(log, "CloudwatchLogStream") or None,
        policy_context=flag(log, "IncludeAuthorizationPolicyContext"),
        tags={writable(tag["Key"]): writable(tag.get("Value") or "") for tag in tags},
    )
