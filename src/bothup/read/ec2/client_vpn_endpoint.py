"""An item of DescribeClientVpnEndpoints."""

from functools import partial

from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.connection import Malformed
from bothup.model.resource_type import CLIENT_VPN_ENDPOINT
from bothup.model.target import Target
from bothup.read.ec2.resource import readable, tags_of
from bothup.read.fields import Record, flag, part, text


def read_client_vpn_endpoint(item: object, target: Target) -> ClientVpnEndpoint | Malformed:
    """Read one item; never raises."""
    read = partial(_endpoint, target)
    return readable(item, target, CLIENT_VPN_ENDPOINT, "ClientVpnEndpointId", read)


def _endpoint(target: Target, item: Record, name: str) -> ClientVpnEndpoint:
    log: Record = part(item, "ConnectionLogOptions", lambda given: given, {})
    return ClientVpnEndpoint(
        id=name,
        target=target,
        state=part(item, "Status", lambda status: text(status, "Code") or "", ""),
        log_enabled=flag(log, "Enabled"),
        log_group=text(log, "CloudwatchLogGroup") or None,
        log_stream=text(log, "CloudwatchLogStream") or None,
        policy_context=flag(log, "IncludeAuthorizationPolicyContext"),
        tags=tags_of(item),
    )
