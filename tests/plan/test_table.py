"""The table of a plan: settings as an engineer writes them, on a screen of any width."""

from typing import Any

import pytest
from rich.cells import cell_len

from bothup.export.table import render
from bothup.model.plan import Action, Plan, Step, differences
from bothup.model.scan import Tool
from bothup.model.shown import shown
from bothup.report._look import Look
from tests.plan.subjects import NOW, TARGET
from tests.plan.test_export import everything

OFFICE = {"IpRanges": [{"CidrIp": "192.0.2.0/24", "Description": "the office's"}]}
ANYWHERE = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
SSH = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
ALL = {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
IKE = {
    "IpProtocol": "udp",
    "FromPort": 500,
    "ToPort": 4500,
    "PrefixListIds": [{"PrefixListId": "pl-1"}],
}
PING = {
    "IpProtocol": "icmp",
    "FromPort": 8,
    "ToPort": -1,
    "UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": "111122223333"}],
}
LOG = {"TrafficType": "REJECT", "LogDestination": "arn:aws:s3:::logs"}
ALARM = "bothup/vpn-0437de99afa6c05f2/degraded/192.0.2.229"
TOPIC = "arn:aws:sns:eu-central-1:111122223333:the-one-that-wakes-the-network-team-at-night"
METRIC = {"Namespace": "AWS/VPN", "Dimensions": [{"Name": "VpnId", "Value": "vpn-1"}]}
MATH = "(Id: m, Metric: (Namespace: AWS/VPN, Dimensions: VpnId=vpn-1), ReturnData: on)"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("IpPermissions", [SSH | ANYWHERE], "tcp 22 from 0.0.0.0/0"),
        ("IpPermissions", [SSH | OFFICE], 'tcp 22 from 192.0.2.0/24 ("the office\'s")'),
        ("IpPermissionsEgress", [ALL, IKE], "all protocols to ::/0, udp 500-4500 to pl-1"),
        ("IpPermissions", [PING], "icmp type 8 from sg-1 of 111122223333"),
        ("IpPermissions", [{"IpProtocol": "icmpv6", "FromPort": -1, "ToPort": -1}], "icmpv6"),
        ("IpPermissions", [], "none"),
        ("FlowLogs", [LOG], "REJECT to arn:aws:s3:::logs"),
        ("Dimensions", METRIC["Dimensions"], "VpnId=vpn-1"),
        ("Metrics", [{"Id": "m", "Metric": METRIC, "ReturnData": True}], MATH),
        ("Phase1DHGroupNumbers", [14, 15], "14, 15"),
        ("BgpLogEnabled", None, "not set"),
    ],
)
def test_a_value_is_written_as_people_do(name: str, value: Any, expected: str) -> None:
    assert shown(name, value) == expected


def step(action: Action, resource: str, before: Any, after: Any) -> Step:
    return Step(
        id=resource,
        action=action,
        remedy="a-remedy",
        account=TARGET.account or "",
        region=TARGET.region or "",
        resource=resource,
        before=before,
        after=after,
    )


def others() -> Plan:
    rules = [SSH | OFFICE, {"IpProtocol": "-1"} | OFFICE]
    steps = (
        step(Action.GROUP_RULES, "sg-1", {"IpPermissions": rules}, {"IpPermissions": []}),
        step(
            Action.PUT_ALARM,
            ALARM,
            {"Metrics": [{"Id": "m", "Metric": METRIC}], "AlarmActions": []},
            {"AlarmActions": [TOPIC]},
        ),
    )
    return Plan(tool=Tool(name="bothup", version="1"), made_at=NOW, steps=steps)


def lines(plan: Plan, width: int) -> list[str]:
    return "".join(render(plan, Look(width=width))).splitlines()


@pytest.mark.parametrize("made", [others(), everything()], ids=["others", "tunnels"])
@pytest.mark.parametrize("width", [80, 100, 130, 160])
def test_no_line_is_wider_than_the_screen(width: int, made: Plan) -> None:
    told = lines(made, width)
    assert max(map(cell_len, told)) <= width
    changed = [each for each in made.steps if each.before]
    settings = {name for each in changed for name, _, _ in differences(each.before, each.after)}
    text = "\n".join(told)
    assert [name for name in settings if name not in text and "OutputFormat" not in name] == []


def test_a_long_value_goes_on_under_its_name() -> None:
    told = "\n".join(lines(others(), 80))
    assert "IpPermissions: tcp 22 from 192.0.2.0/24" in told
    place = told.index("IpPermissions") - told.rindex("\n", 0, told.index("IpPermissions"))
    following = told[told.index("IpPermissions") :].splitlines()[1]
    assert following[place + 1 :].startswith('("the office')
    assert "{'" not in told


def test_a_wide_screen_has_all_columns_side_by_side() -> None:
    heading, *_ = lines(others(), 200)
    assert heading.split() == ["Where", "Tunnel", "Change", "Interrupts", "Remedies"]
