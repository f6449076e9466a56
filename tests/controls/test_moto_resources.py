"""Verdicts on moto's own resources, made and read over HTTP with the real SDK."""

from typing import Any

import pytest

from bothup.sim.server import SimServer
from tests.controls.ground import (
    ACCOUNT,
    CIDR,
    QUIET,
    Scanned,
    ec2,
    group,
    instance,
    tcp,
    volume,
)

ANYWHERE = "0.0.0.0/0"


@pytest.fixture(scope="module")
def made(sim: SimServer) -> dict[str, str]:
    """Resources of every kind, good ones and bad ones, by what they are called here."""
    client = ec2(sim)
    vpc = client.create_vpc(CidrBlock=CIDR)["Vpc"]["VpcId"]
    subnet = client.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    open_subnet = client.create_subnet(VpcId=vpc, CidrBlock="10.9.2.0/24")["Subnet"]["SubnetId"]
    client.modify_subnet_attribute(SubnetId=open_subnet, MapPublicIpOnLaunch={"Value": True})
    return {
        "vpc": vpc,
        "subnet": subnet,
        "open subnet": open_subnet,
        **_of_vpc(client, vpc),
        **_volumes(client, subnet),
        **_instances(client, subnet),
        **_groups(client, vpc),
    }


def _of_vpc(client: Any, vpc: str) -> dict[str, str]:
    logged = client.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    accepting = client.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    for where, traffic in ((logged, "REJECT"), (accepting, "ACCEPT")):
        client.create_flow_logs(
            ResourceIds=[where],
            ResourceType="VPC",
            TrafficType=traffic,
            LogGroupName=f"flow-logs-{where}",
            DeliverLogsPermissionArn=f"arn:aws:iam::{ACCOUNT}:role/flow-logs",
        )
    for service in ("ec2", "ssm"):
        client.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=logged if service == "ec2" else vpc,
            ServiceName=f"com.amazonaws.eu-central-1.{service}",
        )
    return {"logged vpc": logged, "accepting vpc": accepting}


def _volumes(client: Any, subnet: str) -> dict[str, str]:
    machine = instance(client, subnet)
    found = {
        "plain": volume(client),
        "encrypted": volume(client, encrypted=True),
        "loose": volume(client),
    }
    for place, name in enumerate(("plain", "encrypted")):
        client.attach_volume(
            VolumeId=found[name], InstanceId=machine, Device=f"/dev/sd{'fg'[place]}"
        )
    return found


def _instances(client: Any, subnet: str) -> dict[str, str]:
    required = {"HttpTokens": "required", "HttpEndpoint": "enabled"}
    public = [{"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": True}]
    open_to_all = client.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, NetworkInterfaces=public
    )
    found = {
        "imds1": instance(client, subnet, MetadataOptions={"HttpTokens": "optional"}),
        "imds2": instance(client, subnet, MetadataOptions=required),
        "public": open_to_all["Instances"][0]["InstanceId"],
        "stopped": instance(client, subnet),
        "gone": instance(client, subnet),
    }
    client.stop_instances(InstanceIds=[found["stopped"]])
    client.terminate_instances(InstanceIds=[found["gone"]])
    return found


def _groups(client: Any, vpc: str) -> dict[str, str]:
    default = client.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"][0]["GroupId"]
    return {
        "default group": default,
        "closed": group(client, vpc, "closed", tcp(443, 443, v4=ANYWHERE)),
        "ssh": group(client, vpc, "ssh", tcp(22, 22, v4=ANYWHERE)),
        "ssh6": group(client, vpc, "ssh6", tcp(22, 22, v6="::/0")),
        "rdp": group(client, vpc, "rdp", tcp(3000, 4000, v4=ANYWHERE)),
        "all": group(client, vpc, "all", {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}),
        "office": group(client, vpc, "office", tcp(22, 22, v4="192.0.2.0/24")),
    }


@pytest.fixture(scope="module")
def scanned(made: dict[str, str]) -> Scanned:
    assert made
    return Scanned(["path"])


EXPECTED = {
    "EC2.2": {"default group": "FAILED", "closed": "NOT_APPLICABLE"},
    "EC2.3": {"plain": "FAILED", "encrypted": "PASSED", "loose": "NOT_APPLICABLE"},
    "EC2.4": {"stopped": "PASSED", "imds2": "PASSED", "gone": "NOT_APPLICABLE"},
    "EC2.6": {"vpc": "FAILED", "logged vpc": "PASSED", "accepting vpc": "FAILED"},
    "EC2.8": {"imds1": "FAILED", "imds2": "PASSED", "gone": "NOT_APPLICABLE"},
    "EC2.9": {"public": "FAILED", "imds2": "PASSED"},
    "EC2.10": {"vpc": "FAILED", "logged vpc": "PASSED"},
    "EC2.13": {
        "closed": "PASSED",
        "ssh": "FAILED",
        "ssh6": "FAILED",
        "rdp": "PASSED",
        "all": "FAILED",
        "office": "PASSED",
    },
    "EC2.14": {"ssh": "PASSED", "rdp": "FAILED", "all": "FAILED"},
    "EC2.15": {"subnet": "PASSED", "open subnet": "FAILED"},
}


@pytest.mark.parametrize("control", EXPECTED)
def test_verdicts(control: str, made: dict[str, str], scanned: Scanned) -> None:
    found = scanned.verdicts(control)
    assert {name: found.get(made[name]) for name in EXPECTED[control]} == EXPECTED[control]


def test_every_resource_gets_a_verdict_and_none_is_unknown(
    sim: SimServer, scanned: Scanned
) -> None:
    assert [each.status.value for each in scanned.coverage] == ["read"]
    assert "NOT_AVAILABLE" not in {each.status.value for each in scanned.findings}
    client = ec2(sim)
    groups = {each["GroupId"] for each in client.describe_security_groups()["SecurityGroups"]}
    assert set(scanned.verdicts("EC2.13")) == set(scanned.verdicts("EC2.2")) == groups
    volumes = {each["VolumeId"] for each in client.describe_volumes()["Volumes"]}
    assert set(scanned.verdicts("EC2.3")) == volumes
    subnets = {each["SubnetId"] for each in client.describe_subnets()["Subnets"]}
    assert set(scanned.verdicts("EC2.15")) == subnets


def test_a_public_snapshot_among_private_ones(sim: SimServer, made: dict[str, str]) -> None:
    client = ec2(sim)
    private, public = (
        client.create_snapshot(VolumeId=made["loose"])["SnapshotId"] for _ in range(2)
    )
    assert Scanned(["EC2.1"]).verdicts("EC2.1") == {ACCOUNT: "PASSED"}
    permission = {"SnapshotId": public, "Attribute": "createVolumePermission"}
    client.modify_snapshot_attribute(**permission, OperationType="add", GroupNames=["all"])
    found = Scanned(["EC2.1"])
    assert found.verdicts("EC2.1") == {ACCOUNT: "FAILED"}
    (reason,) = found.findings[0].reasons
    assert public in reason.text
    assert private not in reason.text
    client.modify_snapshot_attribute(**permission, OperationType="remove", GroupNames=["all"])
    assert Scanned(["EC2.1"]).verdicts("EC2.1") == {ACCOUNT: "PASSED"}


def test_encryption_by_default(sim: SimServer) -> None:
    assert Scanned(["EC2.7"]).verdicts("EC2.7") == {ACCOUNT: "FAILED"}
    ec2(sim).enable_ebs_encryption_by_default()
    assert Scanned(["EC2.7"]).verdicts("EC2.7") == {ACCOUNT: "PASSED"}
    assert Scanned(["EC2.7"], QUIET).verdicts("EC2.7") == {ACCOUNT: "FAILED"}


def test_client_vpn(sim: SimServer) -> None:
    off = ec2(sim).create_client_vpn_endpoint(
        ClientCidrBlock="10.0.0.0/22",
        ServerCertificateArn="arn:aws:acm:eu-central-1:111122223333:certificate/x",
        AuthenticationOptions=[{"Type": "certificate-authentication"}],
        ConnectionLogOptions={"Enabled": False},
    )["ClientVpnEndpointId"]
    assert Scanned(["EC2.51"]).verdicts("EC2.51") == {off: "FAILED"}
    log = {"Enabled": True, "CloudwatchLogGroup": "/aws/clientvpn/x"}
    ec2(sim).modify_client_vpn_endpoint(ClientVpnEndpointId=off, ConnectionLogOptions=log)
    assert Scanned(["EC2.51"]).verdicts("EC2.51") == {off: "PASSED"}


def test_the_three_that_one_call_tells(sim: SimServer) -> None:
    names = {each.id: each.name for each in sim.world.connections()}
    found = Scanned(["default"])
    told = {
        (control, names[resource]): status
        for control in ("EC2.20", "EC2.171", "EC2.183")
        for resource, status in found.verdicts(control).items()
    }
    assert told == {
        ("EC2.20", "site"): "PASSED",
        ("EC2.20", "old"): "PASSED",
        ("EC2.171", "site"): "PASSED",
        ("EC2.171", "old"): "FAILED",
        ("EC2.183", "site"): "PASSED",
        ("EC2.183", "old"): "FAILED",
    }
