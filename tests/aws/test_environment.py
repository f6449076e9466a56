"""Where the environment gives all answers, they are the SDK's, and the SDK is not imported."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st

from bothup.aws.environment import environment
from bothup.aws.session import Session

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
NOWHERE = {"AWS_CONFIG_FILE": "/nonexistent/a", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/b"}
REGIONS = [
    region
    for partition in Loader().load_data("partitions")["partitions"]
    if partition["id"] == "aws"
    for region in partition["regions"]
    if region != "aws-global"
]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)


def test_every_region_answers_where_the_sdk_says(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = environment(KEYS | NOWHERE)
    assert plain
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)
    sdk = Session()  # which has no keys in the environment
    assert len(REGIONS) > 30
    for region in [*REGIONS, "eu-north-9"]:
        for service in ("ec2", "sts"):
            assert plain.url(service, region) == sdk.endpoint(service, region).url


@pytest.mark.parametrize(
    "region", ["cn-north-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1"]
)
def test_other_partitions_and_services_are_left_to_the_sdk(region: str) -> None:
    plain = environment(KEYS | NOWHERE)
    assert plain
    assert plain.url("ec2", region) is None
    assert plain.url("organizations", "us-east-1") is None


VARIABLES = st.fixed_dictionaries(
    {},
    optional={
        "AWS_SECURITY_TOKEN": st.sampled_from(["", "legacy"]),
        "AWS_SESSION_TOKEN": st.sampled_from(["", "token"]),
        "AWS_DEFAULT_REGION": st.sampled_from(["", "eu-west-1"]),
        "AWS_CA_BUNDLE": st.sampled_from(["", "/ca.pem"]),
        "AWS_ENDPOINT_URL": st.sampled_from(["", "http://127.0.0.1:1"]),
        "AWS_ENDPOINT_URL_EC2": st.sampled_from(["", "http://127.0.0.1:2"]),
        "AWS_ENDPOINT_URL_STS": st.sampled_from(["", "http://127.0.0.1:3"]),
        "AWS_STS_REGIONAL_ENDPOINTS": st.sampled_from(["legacy", "regional"]),
        "AWS_RETRY_MODE": st.just("adaptive"),
        "AWS_ACCOUNT_ID": st.sampled_from(["", "111122223333"]),
    },
)


@given(variables=VARIABLES)
def test_what_the_variables_say_is_what_the_sdk_reads_in_them(variables: dict[str, str]) -> None:
    variables = KEYS | NOWHERE | variables
    plain = environment(variables)
    assert plain
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        sdk = botocore.session.Session()
        found = sdk.get_credentials()
        assert found
        keys = found.get_frozen_credentials()
        for name in ("access_key", "secret_key", "token", "account_id"):
            assert getattr(plain, name) == getattr(keys, name)
        assert plain.region == sdk.get_config_variable("region")
        assert plain.ca_bundle == sdk.get_config_variable("ca_bundle")
        patch.setenv("AWS_CREDENTIAL_EXPIRATION", "2030-01-01T00:00:00Z")  # so that it is asked
        for service in ("ec2", "sts"):
            theirs = Session().endpoint(service, "eu-west-1").url
            assert plain.url(service, "eu-west-1") == theirs


@pytest.mark.parametrize(
    "more",
    [
        {"AWS_ACCESS_KEY_ID": ""},
        {"AWS_SECRET_ACCESS_KEY": ""},
        {"AWS_PROFILE": "site"},
        {"AWS_DEFAULT_PROFILE": "site"},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"AWS_CREDENTIAL_EXPIRATION": "2030-01-01T00:00:00Z"},
        {"AWS_DATA_PATH": "/models"},
        {"AWS_CONFIG_FILE": __file__},
        {"AWS_SHARED_CREDENTIALS_FILE": __file__},
    ],
    ids=str,
)
def test_whatever_else_could_have_a_say_is_left_to_the_sdk(more: dict[str, str]) -> None:
    assert environment(KEYS | NOWHERE | more) is None


def test_the_usual_files_are_looked_for_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert environment(KEYS) is not None
    (tmp_path / ".aws").mkdir()
    assert environment(KEYS) is not None
    (tmp_path / ".aws" / "config").write_text("[default]\nregion = eu-north-1\n")
    assert environment(KEYS) is None


def test_a_profile_named_by_flag_is_the_sdks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(
        "[profile site]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = secret\n"
    )
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert asyncio.run(Session("site").credentials()).access_key == "AKIDPROFILE"


IMPORTED = """
import asyncio, json, sys
from bothup.aws.session import Session
session = Session()
asyncio.run(session.credentials())
found = [session.endpoint("ec2", "eu-west-1").url, session.home_region, session.ca_bundle]
print(json.dumps([found, "botocore" in sys.modules]))
"""


@pytest.mark.parametrize("more", [{}, {"AWS_USE_FIPS_ENDPOINT": "false"}])
def test_the_sdk_is_not_imported_for_it(more: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED],
        env=KEYS | NOWHERE | {"HOME": "/nonexistent"} | more,
        capture_output=True,
        text=True,
        check=True,
    )
    found, imported = json.loads(done.stdout)
    assert found == ["https://ec2.eu-west-1.amazonaws.com", "us-east-1", None]
    assert imported is bool(more)
