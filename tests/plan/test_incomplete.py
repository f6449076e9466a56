"""What could not be judged is refused, and makes the plan incomplete; what is refused does not."""

from typing import Any

import msgspec
import pytest

from bothup.engine.plan import Other
from bothup.model.account import EbsDefaultEncryption, PublicSnapshots
from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.connection import Malformed
from bothup.model.instance import Instance
from bothup.model.plan import Plan
from bothup.model.security_group import SecurityGroup
from bothup.model.subnet import Subnet
from bothup.model.target import Coverage, CoverageStatus
from tests.plan.subjects import NOW, TARGET, A, B, connection, planned, subject, tunnel

INSTANCE = Instance(id="i-1", target=TARGET, observed_at=NOW, state="running")
SUBNET = Subnet(id="subnet-1", target=TARGET, public_ipv4=False, ipv6=False)


def of(resource: Any, remedy: str) -> Plan:
    return planned(only=(remedy,), others=(Other(resource=resource, beside={}),))


@pytest.mark.parametrize(
    ("remedy", "unknown", "known"),
    [
        ("imdsv2", INSTANCE, {"http_tokens": "required"}),
        ("imdsv2", INSTANCE, {"state": "terminated"}),
        ("no-automatic-addresses", msgspec.structs.replace(SUBNET, ipv6=None), {"ipv6": False}),
        (
            "closed-default-groups",
            SecurityGroup(id="sg-1", target=TARGET),
            {"name": "default"},
        ),
        ("ebs-encryption", EbsDefaultEncryption(id="1", target=TARGET), {"enabled": True}),
        (
            "private-snapshots",
            PublicSnapshots(id="1", target=TARGET, unread=("snap-1",)),
            {"unread": ()},
        ),
    ],
)
def test_a_resource_that_cannot_be_judged(remedy: str, unknown: Any, known: Any) -> None:
    made = of(unknown, remedy)
    (refused,) = made.refused
    assert (refused.remedy, refused.resource) == (remedy, unknown.id)
    assert made.incomplete
    judged = of(msgspec.structs.replace(unknown, **known), remedy)
    assert (judged.refused, judged.incomplete) == ((), False)


def test_a_subnet_that_tells_one_setting_is_planned_for_as_far_as_that() -> None:
    made = of(Subnet(id="subnet-1", target=TARGET, public_ipv4=True), "no-automatic-addresses")
    assert [set(each.after) for each in made.steps] == [{"MapPublicIpOnLaunch"}]
    assert made.incomplete


def test_an_endpoint_that_tells_nothing_of_its_log() -> None:
    endpoint = ClientVpnEndpoint(id="cvpn-endpoint-1", target=TARGET, state="available")
    made = planned(endpoints=(endpoint,))
    assert made.steps == ()
    assert [(each.remedy, each.unread) for each in made.refused] == [("client-vpn-logging", True)]


def test_a_tunnel_without_options_costs_itself_alone() -> None:
    silent = msgspec.structs.replace(tunnel(B), options=None)
    made = planned(subject(connection(tunnel(A), silent)), only=("lifecycle-control",))
    assert [each.tunnel for each in made.steps] == [A]
    assert [(each.remedy, each.tunnel) for each in made.refused] == [("all", B)]
    assert made.incomplete


def test_what_is_malformed_is_refused() -> None:
    odd = Malformed(
        id="sg-1", target=TARGET, problem="IpPermissions: expected a list", observed_at=NOW
    )
    made = planned(malformed=(odd,))
    (refused,) = made.refused
    assert refused.resource == "sg-1"
    assert "IpPermissions: expected a list" in refused.reason
    assert made.incomplete


def test_a_malformed_connection_is_nothing_to_remedies_of_other_things() -> None:
    odd = Malformed(id="vpn-1", target=TARGET, problem="State: a list", observed_at=NOW)
    made = planned(malformed=(odd,), only=("client-vpn-logging",))
    assert (made.refused, made.incomplete) == ((), False)
    assert planned(malformed=(odd,), only=("lifecycle-control",)).incomplete


def test_a_refusal_for_a_known_reason_leaves_the_plan_whole() -> None:
    changing = connection(state="modifying")
    made = planned(subject(changing))
    assert made.refused
    assert not made.incomplete
    covered = Coverage(account="1", region="eu-central-1", status=CoverageStatus.DENIED)
    assert msgspec.structs.replace(made, coverage=(covered,)).incomplete
    assert planned(subject(connection(state=""))).incomplete
