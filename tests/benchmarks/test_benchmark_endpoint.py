"""boto3 reads what the endpoint answers as it would read AWS."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from benchmarks.connections import REGIONS, connection, tunnels_up_and_down, write_cli_json
from benchmarks.stage import Endpoint, endpoint
from botocore.config import Config
from botocore.exceptions import ClientError

from benchmarks import certificate

KEYS = {"aws_access_key_id": "AKIAFAKE000000000000", "aws_secret_access_key": "fake"}


def client(aws: Endpoint, service: str, region: str = "us-east-1", **keys: str) -> Any:
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=aws.url,
        **(keys or KEYS),
        config=Config(retries={"total_max_attempts": 1}),
    )


def as_cli_prints(value: Any) -> Any:
    """The AWS command line prints what boto3 gives it, times in ISO 8601."""
    return json.loads(json.dumps(value, default=lambda time: time.astimezone(UTC).isoformat()))


@pytest.fixture(scope="module")
def aws():
    with endpoint(connections=3, accounts=45) as running:
        yield running


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "ap-southeast-2"])
def test_every_region_has_connections_of_its_own_whole_to_boto3(aws, region):
    answer = client(aws, "ec2", region).describe_vpn_connections()
    first = 3 * REGIONS.index(region)
    expected = [connection(number) for number in range(first, first + 3)]
    assert as_cli_prints(answer["VpnConnections"]) == expected


def test_the_statuses_are_those_that_are_foretold(aws):
    statuses = [
        tunnel["Status"]
        for region in REGIONS
        for each in client(aws, "ec2", region).describe_vpn_connections()["VpnConnections"]
        for tunnel in each["VgwTelemetry"]
    ]
    assert (statuses.count("UP"), statuses.count("DOWN")) == tunnels_up_and_down(0, 51) == (89, 13)


def test_the_regions(aws):
    answer = client(aws, "ec2").describe_regions()
    assert [region["RegionName"] for region in answer["Regions"]] == list(REGIONS)


def test_each_account_has_keys_of_its_own(aws):
    roles = [f"arn:aws:iam::{account}:role/r" for account in ("123456789012", "210987654321")]
    for role in roles:
        answer = client(aws, "sts").assume_role(RoleArn=role, RoleSessionName="test")
        keys = answer["Credentials"]
        assert keys["Expiration"] > datetime.now(UTC)
        identity = client(
            aws,
            "sts",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        ).get_caller_identity()
        assert identity["Account"] == role.split(":")[4]
    assert client(aws, "sts").get_caller_identity()["Account"] == "100000000000"


def test_the_accounts_come_in_pages(aws):
    pages = list(client(aws, "organizations").get_paginator("list_accounts").paginate())
    assert [len(page["Accounts"]) for page in pages] == [20, 20, 5]
    ids = [account["Id"] for page in pages for account in page["Accounts"]]
    assert ids == [str(100000000001 + number) for number in range(45)]


def test_what_it_does_not_know_it_refuses(aws):
    with pytest.raises(ClientError, match=r"InvalidAction.*DescribeVpnGateways"):
        client(aws, "ec2").describe_vpn_gateways()


def test_it_counts(aws):
    before = aws.tally().asked.get("DescribeRegions", 0)
    for _ in range(3):
        client(aws, "ec2").describe_regions()
    assert aws.tally().asked["DescribeRegions"] == before + 3


def test_it_takes_its_time():
    with endpoint(connections=0, latency_ms=150) as aws:
        ec2 = client(aws, "ec2")
        start = time.perf_counter()
        assert ec2.describe_vpn_connections()["VpnConnections"] == []
        assert 0.15 <= time.perf_counter() - start < 1


def test_it_stands_in_for_every_region_host_over_tls(tmp_path):
    with endpoint(connections=1, tls=tmp_path) as aws:
        for number, region in enumerate(REGIONS):
            ec2 = boto3.client(
                "ec2",
                region_name=region,
                **KEYS,
                verify=str(tmp_path / certificate.AUTHORITY),
                config=Config(proxies={"https": aws.url}),
            )
            [found] = ec2.describe_vpn_connections()["VpnConnections"]
            assert found["VpnConnectionId"] == f"vpn-{number:017x}"


def test_a_file_holds_what_the_command_line_prints(tmp_path):
    write_cli_json(tmp_path / "file", 3)
    text = (tmp_path / "file").read_text()
    document = {"VpnConnections": [connection(number) for number in range(3)]}
    assert text == json.dumps(document, indent=4) + "\n"
