"""Where a service answers and who signs: the SDK's own settings decide."""

import asyncio
from pathlib import Path

import botocore.session
import pytest

from bothup.aws.session import Session
from bothup.errors import UsageError
from bothup.model.target import Target, partition_of


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    import os

    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


@pytest.mark.parametrize("service", ["ec2", "sts"])
@pytest.mark.parametrize(
    "region", ["eu-west-1", "us-east-1", "ap-east-1", "cn-north-1", "us-gov-west-1"]
)
@pytest.mark.parametrize("setting", [None, "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
def test_endpoints_are_those_of_the_sdk(
    monkeypatch: pytest.MonkeyPatch, service: str, region: str, setting: str | None
) -> None:
    if setting:
        monkeypatch.setenv(setting, "true")
    sdk = botocore.session.Session()
    sdk.set_credentials("AKIDEXAMPLE", "secret")
    client = sdk.create_client(service, region_name=region)
    endpoint = Session(None, [region]).endpoint(service, region)
    assert endpoint.url == client.meta.endpoint_url
    assert (endpoint.region, endpoint.service) == (region, service)


def test_an_endpoint_url_wins_for_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:2")
    session = Session()
    assert session.endpoint("ec2", "eu-west-1").url == "http://127.0.0.1:1"
    assert session.endpoint("sts", "eu-west-1").url == "http://127.0.0.1:2"
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert Session().endpoint("ec2", "eu-west-1").url == "https://ec2.eu-west-1.amazonaws.com"


def test_a_profile_gives_region_credentials_and_bundle(clean: Path) -> None:
    (clean / "config").write_text(
        "[profile site]\nregion = eu-north-1\nca_bundle = /tmp/ca.pem\n"
        "aws_access_key_id = AKIDPROFILE\naws_secret_access_key = secret\n"
    )
    session = Session("site")
    assert (session.home_region, session.ca_bundle) == ("eu-north-1", "/tmp/ca.pem")
    assert asyncio.run(session.credentials()).access_key == "AKIDPROFILE"


def test_aws_region_wins_over_the_profile(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clean / "config").write_text("[default]\nregion = eu-north-1\n")
    monkeypatch.setenv("AWS_REGION", "eu-south-1")
    assert Session().home_region == "eu-south-1"


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
    ],
)
def test_a_region_tells_its_partition(region: str, partition: str) -> None:
    assert partition_of(region) == partition
    home = Session(None, [region]).home_region
    assert partition_of(home) == partition, "home is asked where the credentials are known"
    arn = Target(account="111122223333", region=region).ec2_arn("vpn-connection/vpn-1")
    assert arn == f"arn:{partition}:ec2:{region}:111122223333:vpn-connection/vpn-1"


def test_what_cannot_be_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"profile .*nowhere"):
        Session("nowhere")
    with pytest.raises(UsageError, match="no AWS credentials found"):
        asyncio.run(Session().credentials())
    monkeypatch.setenv("AWS_REGION", "eu-west-1.evil.example/")
    with pytest.raises(UsageError, match="not the name of a Region"):
        _ = Session().home_region
