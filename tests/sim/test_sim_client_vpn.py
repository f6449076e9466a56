"""Client VPN endpoints of the simulated AWS, through the real SDK."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

MAKE: dict[str, Any] = {
    "ClientCidrBlock": "10.0.0.0/22",
    "ServerCertificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/x",
    "AuthenticationOptions": [{"Type": "certificate-authentication"}],
    "ConnectionLogOptions": {"Enabled": False},
}
LOG = {"Enabled": True, "CloudwatchLogGroup": "/aws/clientvpn/x", "CloudwatchLogStream": "y"}


@pytest.fixture
def ec2(client: Any) -> Any:
    return client("ec2")


def test_its_connection_log_can_be_changed_and_nothing_else_is(ec2: Any) -> None:
    name = ec2.create_client_vpn_endpoint(**MAKE)["ClientVpnEndpointId"]
    only = {"ClientVpnEndpointIds": [name]}
    (before,) = ec2.describe_client_vpn_endpoints(**only)["ClientVpnEndpoints"]
    assert before["Status"] == {"Code": "available"}
    assert before["ConnectionLogOptions"] == {"Enabled": False}
    ec2.modify_client_vpn_endpoint(ClientVpnEndpointId=name, ConnectionLogOptions=LOG)
    (after,) = ec2.describe_client_vpn_endpoints(**only)["ClientVpnEndpoints"]
    assert after == before | {"ConnectionLogOptions": LOG}


def test_pages(ec2: Any) -> None:
    made = {ec2.create_client_vpn_endpoint(**MAKE)["ClientVpnEndpointId"] for _ in range(6)}
    first = ec2.describe_client_vpn_endpoints(MaxResults=5)
    rest = ec2.describe_client_vpn_endpoints(MaxResults=5, NextToken=first["NextToken"])
    listed = [*first["ClientVpnEndpoints"], *rest["ClientVpnEndpoints"]]
    assert len(first["ClientVpnEndpoints"]) == 5
    assert made <= {each["ClientVpnEndpointId"] for each in listed}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ClientVpnEndpointId": "cvpn-endpoint-0"}, "InvalidClientVpnEndpointId.NotFound"),
        ({"ConnectionLogOptions": {"Enabled": True}}, "InvalidParameterCombination"),
        ({"DryRun": True}, "DryRunOperation"),
    ],
)
def test_what_is_refused(ec2: Any, change: dict[str, Any], code: str) -> None:
    name = ec2.create_client_vpn_endpoint(**MAKE)["ClientVpnEndpointId"]
    given = {"ClientVpnEndpointId": name, "ConnectionLogOptions": LOG, **change}
    with pytest.raises(ClientError) as refused:
        ec2.modify_client_vpn_endpoint(**given)
    assert refused.value.response["Error"]["Code"] == code
    (still,) = ec2.describe_client_vpn_endpoints(ClientVpnEndpointIds=[name])["ClientVpnEndpoints"]
    assert still["ConnectionLogOptions"] == {"Enabled": False}
