"""Client VPN endpoints: made, described, and their connection logs changed; moto has none.

Source: CreateClientVpnEndpoint, DescribeClientVpnEndpoints and ModifyClientVpnEndpoint in the
Amazon EC2 API reference.
"""

from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.ec2_read import end_dry_run
from bothup.sim.filters import by_id
from bothup.sim.ids import resource_id
from bothup.sim.refusal import Refusal

Params = dict[str, Any]

_PAGE = 1000


def create_client_vpn_endpoint(context: Context, params: Params) -> Params:
    """Make an endpoint, available at once."""
    log = params.get("ConnectionLogOptions")
    if log is None:
        raise Refusal("MissingParameter", "The request must contain ConnectionLogOptions")
    _check(log)
    end_dry_run(params)
    endpoints = context.place.client_vpn
    name = resource_id("cvpn-endpoint", context.caller.account, context.region, str(len(endpoints)))
    tags = [tag for said in params.get("TagSpecifications", ()) for tag in said.get("Tags", ())]
    endpoints[name] = {
        "ClientVpnEndpointId": name,
        "Status": {"Code": "available"},
        "VpnPort": params.get("VpnPort", 443),
        "TransportProtocol": params.get("TransportProtocol", "udp"),
        "ClientCidrBlock": params.get("ClientCidrBlock", ""),
        "ConnectionLogOptions": log,
        "Tags": tags,
    }
    context.world.machine.version += 1
    return {"ClientVpnEndpointId": name, "Status": {"Code": "available"}}


def describe_client_vpn_endpoints(context: Context, params: Params) -> Params:
    """The account's endpoints in the Region, in pages of MaxResults."""
    endpoints = context.place.client_vpn
    chosen = by_id(endpoints, params.get("ClientVpnEndpointIds", ()), _not_found)
    first = int(params.get("NextToken", "0"))
    after = first + params.get("MaxResults", _PAGE)
    page: Params = {"ClientVpnEndpoints": chosen[first:after]}
    return page | ({"NextToken": str(after)} if after < len(chosen) else {})


def modify_client_vpn_endpoint(context: Context, params: Params) -> Params:
    """Change an endpoint's connection log; sessions go on, and what is not named stays."""
    name = params.get("ClientVpnEndpointId", "")
    endpoint = context.place.client_vpn.get(name)
    if endpoint is None:
        raise _not_found(name)
    log = params.get("ConnectionLogOptions")
    if log is not None:
        _check(log)
    end_dry_run(params)
    if log is not None:
        endpoint["ConnectionLogOptions"] = log
    context.world.machine.version += 1
    return {"Return": True}


def _not_found(name: str) -> Refusal:
    return Refusal(
        "InvalidClientVpnEndpointId.NotFound", f"The client VPN endpoint {name} does not exist"
    )


def _check(log: Params) -> None:
    if log.get("Enabled") and not log.get("CloudwatchLogGroup"):
        raise Refusal(
            "InvalidParameterCombination", "CloudwatchLogGroup is required for connection logging"
        )


CLIENT_VPN: dict[str, Operation] = {
    "CreateClientVpnEndpoint": create_client_vpn_endpoint,
    "DescribeClientVpnEndpoints": describe_client_vpn_endpoints,
    "ModifyClientVpnEndpoint": modify_client_vpn_endpoint,
}
