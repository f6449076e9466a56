"""The types of resources that controls judge, by AWS Config's names, and their ARNs."""

from bothup.model.target import Target

ACCOUNT = "AWS::::Account"
CLIENT_VPN_ENDPOINT = "AWS::EC2::ClientVpnEndpoint"
INSTANCE = "AWS::EC2::Instance"
SECURITY_GROUP = "AWS::EC2::SecurityGroup"
SUBNET = "AWS::EC2::Subnet"
VOLUME = "AWS::EC2::Volume"
VPC = "AWS::EC2::VPC"
VPN_CONNECTION = "AWS::EC2::VPNConnection"

_IN_ARNS = {
    CLIENT_VPN_ENDPOINT: "client-vpn-endpoint",
    INSTANCE: "instance",
    SECURITY_GROUP: "security-group",
    SUBNET: "subnet",
    VOLUME: "volume",
    VPC: "vpc",
    VPN_CONNECTION: "vpn-connection",
}


def arn_of(resource: str, name: str, target: Target) -> str | None:
    """ARN of a resource of this type by its id, None where the Target is not known."""
    if resource == ACCOUNT:
        root = f"arn:{target.partition}:iam::{target.account}:root"
        return root if target.account else None
    return target.ec2_arn(f"{_IN_ARNS[resource]}/{name}") if resource in _IN_ARNS else None
