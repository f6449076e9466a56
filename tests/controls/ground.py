"""moto's own resources for the controls, made with the real SDK, and a scan of them in process."""

from collections.abc import Sequence
from typing import Any

from bothup.cli.live import read
from bothup.cli.options import Reach
from bothup.engine.controls import select
from bothup.model.finding import Finding
from bothup.model.target import Coverage
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.sim.sim_sdk import sdk_client

ACCOUNT, REGION = "111122223333", "eu-central-1"
# A Region where nothing is made: only what every account has.
QUIET = "eu-west-1"
SCENARIO = parse_scenario(
    f"""
    regions = ["{REGION}", "{QUIET}"]
    [[accounts]]
    id = "{ACCOUNT}"
    name = "One"
    management = true
    [[accounts.connections]]
    name = "site"
    region = "{REGION}"
    kind = "hardened"
    [[accounts.connections]]
    name = "old"
    region = "{REGION}"
    kind = "healthy"
    """,
    "controls.toml",
)
CIDR = "10.9.0.0/16"


def ec2(sim: SimServer, region: str = REGION) -> Any:
    return sdk_client(sim, "ec2", region)


class Scanned:
    """What a scan found: verdicts by control and resource, and what became of each Region."""

    def __init__(self, controls: Sequence[str], region: str = REGION, **reach: Any) -> None:
        self.findings: list[Finding] = []
        self.coverage: list[Coverage] = []
        rules = select(controls)

        def take(covered: Coverage, findings: Any) -> None:
            self.coverage.append(covered)
            self.findings += findings

        read(Reach(region=(region,), **reach), rules, take, quiet=True)

    def verdicts(self, control: str) -> dict[str, str]:
        return {
            each.resource.id: each.status.value for each in self.findings if each.control == control
        }

    def codes(self, control: str, resource: str) -> list[str]:
        return [
            reason.code
            for each in self.findings
            if (each.control, each.resource.id) == (control, resource)
            for reason in each.reasons
        ]


def volume(client: Any, *, encrypted: bool = False) -> str:
    zone = client.meta.region_name + "a"
    made = client.create_volume(Size=8, AvailabilityZone=zone, Encrypted=encrypted)
    name: str = made["VolumeId"]
    return name


def instance(client: Any, subnet: str, **options: Any) -> str:
    made = client.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet, **options
    )
    name: str = made["Instances"][0]["InstanceId"]
    return name


def group(client: Any, vpc: str, name: str, *rules: dict[str, Any]) -> str:
    made = client.create_security_group(GroupName=name, Description=name, VpcId=vpc)
    found: str = made["GroupId"]
    for rule in rules:
        client.authorize_security_group_ingress(GroupId=found, IpPermissions=[rule])
    return found


def tcp(first: int, last: int, *, v4: str = "", v6: str = "") -> dict[str, Any]:
    rule: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": first, "ToPort": last}
    if v4:
        rule["IpRanges"] = [{"CidrIp": v4}]
    if v6:
        rule["Ipv6Ranges"] = [{"CidrIpv6": v6}]
    return rule
