"""Who calls: signatures, sessions of roles, enabled Regions and policies."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from raw_aws import DESCRIBE, WHO, code_of, post, signed_headers

from bothup.sim import SimServer, parse_scenario

HUB, SPOKE, CLOSED, BOUND = "111122223333", "444455556666", "777788889999", "555566667777"
SCENARIO = parse_scenario(
    f"""
    regions = ["eu-central-1", "us-east-1"]

    [[accounts]]
    id = "{HUB}"
    name = "Hub"
    management = true
    roles = [{{name = "auditor"}}]

    [[accounts]]
    id = "{SPOKE}"
    name = "Spoke"
    regions = ["eu-central-1", "eu-south-1"]
    roles = [
      {{name = "open"}},
      {{name = "guarded", external_id = "s3cret-words"}},
      {{name = "chained", trusts = ["{SPOKE}"], max_session = 7200}},
      {{name = "reader", policy = ["ec2:Describe*", "ec2:GetActive*"]}},
    ]
    connections = [{{name = "office", region = "eu-central-1"}}]

    [[accounts]]
    id = "{CLOSED}"
    name = "Closed"
    status = "SUSPENDED"
    policy = ["sts:*"]
    roles = [{{name = "open"}}]

    [[accounts]]
    id = "{BOUND}"
    name = "Bound"
    policy = ["ec2:Describe*"]
    roles = [{{name = "reader", policy = ["ec2:*Vpn*"]}}]
    """,
    "identity.toml",
)


def arn(account: str, role: str) -> str:
    return f"arn:aws:iam::{account}:role/{role}"


@pytest.fixture(scope="module")
def assume(client: Any) -> Any:
    def assume(
        role: str, account: str = SPOKE, session: dict[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        sts = client("sts", session=session)
        answer = sts.assume_role(RoleArn=arn(account, role), RoleSessionName="tester", **more)
        return dict(answer["Credentials"])

    return assume


def code(refused: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    response = refused.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_the_environment_is_all_that_the_sdk_needs(
    sim: SimServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name, value in sim.env().items():
        monkeypatch.setenv(name, value)
    identity = boto3.session.Session().client("sts").get_caller_identity()
    assert identity["Account"] == HUB
    assert identity["Arn"] == f"arn:aws:iam::{HUB}:user/operator"


def test_each_account_has_a_key_of_its_own(client: Any) -> None:
    assert client("sts", account=SPOKE).get_caller_identity()["Account"] == SPOKE


def test_a_session_of_a_role(client: Any, assume: Any) -> None:
    session = assume("open", DurationSeconds=900)
    left = session["Expiration"] - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    identity = client("sts", session=session).get_caller_identity()
    assert identity["Account"] == SPOKE
    assert identity["Arn"] == f"arn:aws:sts::{SPOKE}:assumed-role/open/tester"
    found = client("ec2", session=session).describe_vpn_connections()["VpnConnections"]
    assert [one["Tags"][0]["Value"] for one in found] == ["office"]
    assert client("ec2").describe_vpn_connections()["VpnConnections"] == []


@pytest.mark.parametrize(
    ("account", "role", "external_id"),
    [
        (SPOKE, "guarded", None),
        (SPOKE, "guarded", "other-words"),
        (SPOKE, "chained", None),
        (SPOKE, "no-such-role", None),
        ("999999999999", "open", None),
        (CLOSED, "open", None),
    ],
)
def test_roles_that_cannot_be_assumed(
    assume: Any, account: str, role: str, external_id: str | None
) -> None:
    more = {"ExternalId": external_id} if external_id else {}
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole") as refused:
        assume(role, account, **more)
    assert code(refused) == ("AccessDenied", 403)


def test_the_right_external_id_opens(assume: Any) -> None:
    assert assume("guarded", ExternalId="s3cret-words")["SessionToken"]


def test_chained_roles(client: Any, assume: Any) -> None:
    session = assume("chained", session=assume("open"))
    identity = client("sts", session=session).get_caller_identity()
    assert identity["Arn"].endswith("assumed-role/chained/tester")


def test_how_long_a_session_may_be(assume: Any) -> None:
    with pytest.raises(ClientError, match="MaxSessionDuration"):
        assume("open", DurationSeconds=3601)
    with pytest.raises(ClientError, match="role chaining"):
        assume("chained", session=assume("open"), DurationSeconds=7200)


def test_sessions_expire_with_each_services_own_words(
    sim: SimServer, client: Any, assume: Any
) -> None:
    session = assume("open")
    sim.keys.expire_sessions()
    expected = {
        "ec2": ("RequestExpired", 400),
        "sts": ("ExpiredToken", 403),
        "organizations": ("ExpiredTokenException", 400),
    }
    calls = {"ec2": "describe_regions", "sts": "get_caller_identity"}
    for service, told in expected.items():
        with pytest.raises(ClientError) as refused:
            getattr(client(service, session=session), calls.get(service, "list_roots"))()
        assert code(refused) == told


@pytest.mark.parametrize(
    ("service", "spoil", "told"),
    [
        ("ec2", "AWS_SECRET_ACCESS_KEY", ("AuthFailure", 401)),
        ("ec2", "AWS_ACCESS_KEY_ID", ("AuthFailure", 401)),
        ("ec2", "AWS_SESSION_TOKEN", ("AuthFailure", 401)),
        ("sts", "AWS_SECRET_ACCESS_KEY", ("SignatureDoesNotMatch", 403)),
        ("sts", "AWS_ACCESS_KEY_ID", ("InvalidClientTokenId", 403)),
        ("sts", "AWS_SESSION_TOKEN", ("InvalidClientTokenId", 403)),
    ],
)
def test_keys_that_are_not_right(
    sim: SimServer, service: str, spoil: str, told: tuple[str, int]
) -> None:
    env, body = sim.env(), DESCRIBE if service == "ec2" else WHO
    env[spoil] = (env[spoil][:-1] or "x") + "Z"
    status, _, answer = post(sim.url, signed_headers(sim.url, env, body, service=service), body)
    assert (code_of(answer), status) == told


def test_a_body_that_was_changed_after_signing(sim: SimServer) -> None:
    headers = signed_headers(sim.url, sim.env(), DESCRIBE)
    status, _, answer = post(sim.url, headers, DESCRIBE.replace(b"Connections", b"Gateways"))
    assert (code_of(answer), status) == ("AuthFailure", 401)
    assert post(sim.url, headers, DESCRIBE)[0] == 200


def test_a_header_that_was_changed_after_signing(sim: SimServer) -> None:
    headers = signed_headers(sim.url, sim.env(), DESCRIBE)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    assert post(sim.url, headers, DESCRIBE)[0] == 401


@pytest.mark.parametrize(
    ("body", "told"),
    [(DESCRIBE, ("AuthFailure", 401)), (WHO, ("MissingAuthenticationToken", 403))],
)
def test_no_signature(sim: SimServer, body: bytes, told: tuple[str, int]) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    status, _, answer = post(sim.url, headers, body)
    assert (code_of(answer), status) == told


@pytest.mark.parametrize(
    ("minutes", "service", "told"),
    [
        (-4, "ec2", ""),
        (4, "ec2", ""),
        (-6, "ec2", "RequestExpired"),
        (6, "ec2", "RequestExpired"),
        (-6, "sts", "SignatureDoesNotMatch"),
    ],
)
def test_clocks_that_differ(sim: SimServer, minutes: int, service: str, told: str) -> None:
    body = DESCRIBE if service == "ec2" else WHO
    when = datetime.now(UTC) + timedelta(minutes=minutes)
    headers = signed_headers(sim.url, sim.env(), body, when=when, service=service)
    assert code_of(post(sim.url, headers, body)[2]) == told


def test_the_simulated_clock_does_not_touch_signatures(sim: SimServer, client: Any) -> None:
    sim.clock.advance(timedelta(hours=2))
    assert client("ec2").describe_vpn_connections()["VpnConnections"] == []


def test_regions_as_the_account_has_them(client: Any) -> None:
    ec2 = client("ec2", account=SPOKE)
    enabled = {one["RegionName"]: one["OptInStatus"] for one in ec2.describe_regions()["Regions"]}
    assert enabled == {"eu-central-1": "opt-in-not-required", "eu-south-1": "opted-in"}
    every = {
        one["RegionName"]: one["OptInStatus"]
        for one in ec2.describe_regions(AllRegions=True)["Regions"]
    }
    assert len(every) > 30
    assert every["me-south-1"] == "not-opted-in"
    some = ec2.describe_regions(
        AllRegions=True,
        Filters=[{"Name": "opt-in-status", "Values": ["opt-in-not-required", "opted-in"]}],
    )
    assert {one["RegionName"] for one in some["Regions"]} == set(enabled)


def test_a_region_that_is_not_enabled(client: Any) -> None:
    with pytest.raises(ClientError) as refused:
        client("ec2", "me-south-1").describe_vpn_connections()
    assert code(refused) == ("AuthFailure", 401)
    with pytest.raises(ClientError) as refused:
        client("sts", "me-south-1").get_caller_identity()
    assert code(refused) == ("InvalidClientTokenId", 403)
    with pytest.raises(ClientError):
        client("ec2", "us-east-1", account=SPOKE).describe_vpn_connections()
    assert client("sts", "us-east-1", account=SPOKE).get_caller_identity()["Account"] == SPOKE


def test_a_role_may_do_what_its_policy_lists(client: Any, assume: Any) -> None:
    session = assume("reader")
    ec2 = client("ec2", session=session)
    [one] = ec2.describe_vpn_connections()["VpnConnections"]
    tunnel = one["VgwTelemetry"][0]["OutsideIpAddress"]
    where = {"VpnConnectionId": one["VpnConnectionId"], "VpnTunnelOutsideIpAddress": tunnel}
    assert ec2.get_active_vpn_tunnel_status(**where)
    with pytest.raises(ClientError, match="ec2:ReplaceVpnTunnel") as refused:
        ec2.replace_vpn_tunnel(DryRun=True, **where)
    assert code(refused) == ("UnauthorizedOperation", 403)
    with pytest.raises(ClientError) as refused:
        client("sts", session=session).assume_role(
            RoleArn=arn(SPOKE, "chained"), RoleSessionName="tester"
        )
    assert code(refused) == ("AccessDenied", 403)
    with pytest.raises(ClientError) as refused:
        client("organizations", session=session).list_accounts()
    assert code(refused) == ("AccessDeniedException", 400)
    assert client("sts", session=session).get_caller_identity()


def test_an_accounts_policy_bounds_everybody_in_it(client: Any) -> None:
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        client("ec2", account=CLOSED).describe_vpn_connections()


def test_a_role_may_do_only_what_its_policy_and_its_accounts_both_list(
    client: Any, assume: Any
) -> None:
    ec2 = client("ec2", session=assume("reader", BOUND))
    assert ec2.describe_vpn_connections()["VpnConnections"] == []
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        ec2.describe_regions()
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        ec2.delete_vpn_connection(VpnConnectionId="vpn-00000000000000000")
