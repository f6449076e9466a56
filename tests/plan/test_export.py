"""Plans in the languages of other tools: a script that runs, Terraform, CloudFormation."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import hcl2
import msgspec
import pytest

from bothup.export import forms, renderer
from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.connection import Routing
from bothup.model.plan import Plan
from bothup.report._look import Look
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.cli.conftest import clean_env
from tests.plan.aws_cli import aws_cli
from tests.plan.subjects import (
    DOWN,
    TARGET,
    WISHES,
    A,
    B,
    connection,
    planned,
    subject,
    tunnel,
)

ENDPOINT = ClientVpnEndpoint(
    id="cvpn-endpoint-1", target=TARGET, state="available", log_enabled=False
)
WEIRD = 'a "quoted" $(touch /tmp/owned) `id` ${var.x} \N{ESCAPE}[31m ünïcode'


def everything() -> Plan:
    wishes = msgspec.structs.replace(WISHES, window="Fri,Sat 22:00-02:00 Europe/Berlin")
    office = connection(tunnel(A), tunnel(B, DOWN), tags={"Name": WEIRD, "terraform": "yes"})
    static = connection(
        tunnel("203.0.113.5", dpd_timeout=45, inside_cidr="169.254.10.0/30"),
        tunnel("203.0.113.6"),
        name="vpn-0b",
        routing=Routing.STATIC,
        gateway_id="vgw-1",
        tags={"Name": "static"},
    )
    return planned(subject(office), subject(static), endpoints=(ENDPOINT,), wishes=wishes)


def text(form: str, plan: Plan) -> str:
    return "".join(renderer(form)(plan, Look()))


@pytest.mark.parametrize("form", forms())
def test_no_form_lets_a_name_out_of_its_place(form: str) -> None:
    shown = text(form, everything())
    assert "\N{ESCAPE}" not in shown
    assert "PreSharedKey" not in shown
    assert "preshared_key" not in shown
    assert shown.endswith("\n")


@pytest.mark.parametrize("form", forms())
def test_an_empty_plan_has_every_form(form: str) -> None:
    assert text(form, planned())


def test_the_table() -> None:
    shown = text("table", everything())
    assert "IKEVersions: not set → ikev2" in shown
    assert "a DOWN tunnel" in shown
    assert "the last one UP" in shown
    assert "create it, and keep logs 365 days" in shown
    assert (
        "- the device is not behind NAT, or has an IKE identity (no evidence of either)\n" in shown
    )
    assert "LogEnabled: not set → off" not in shown
    assert "Not planned, and why:" in shown
    assert "on the device: configure the tunnel for IKEv2" in shown
    assert "Terraform (tag terraform) owns the connection" in shown
    assert re.search(r"may start Fri,Sat 22:00-02:00 Europe/Berlin · plan [0-9a-f]{12}\n$", shown)
    assert text("table", planned()) == "Nothing to do\n"


def test_terraform_names_every_setting_as_the_provider_does() -> None:
    shown = text("terraform", everything())
    assert 'import {\n  to = aws_vpn_connection.static\n  id = "vpn-0b"\n}' in shown
    assert "  tunnel1_dpd_timeout_seconds = 45\n" in shown
    assert '  tunnel2_ike_versions = ["ikev2"]\n' in shown
    assert '  tunnel1_startup_action = "start"\n' in shown
    assert "tunnel1_enable_tunnel_lifecycle_control = true" in shown
    assert "inside_cidr" not in shown
    assert 'condition     = self.tunnel1_address == "203.0.113.5"' in shown
    assert '  vpn_gateway_id = "vgw-1"\n' in shown
    assert '  transit_gateway_id = "tgw-1"\n' in shown
    assert "  static_routes_only = true\n" in shown
    assert "      bgp_log_enabled = true\n" in shown
    assert "prevent_destroy = true" in shown
    assert 'resource "aws_cloudwatch_log_group" "aws_vendedlogs_vpn" {' in shown
    assert "# ! Terraform (tag terraform) owns the connection" in shown
    assert "#     cloudwatch_log_stream" in shown


def test_terraform_can_read_it() -> None:
    read = hcl2.loads(text("terraform", everything()))
    assert len(read["import"]) == len(read["resource"]) == 4
    (static,) = (
        block["aws_vpn_connection"]["static"]
        for each in read["resource"]
        if "static" in (block := unquoted(each)).get("aws_vpn_connection", {})
    )
    assert static["tunnel2_ike_versions"] == ["ikev2"]
    assert "tunnel1_phase1_dh_group_numbers" not in static
    (lifecycle,) = static["lifecycle"]
    assert "tunnel1_phase1_dh_group_numbers" in str(lifecycle["ignore_changes"])
    assert len(lifecycle["postcondition"]) == 2


def unquoted(value: Any) -> Any:
    """What python-hcl2 has read, its strings without the quotes that it leaves on."""
    match value:
        case dict():
            return {unquoted(name): unquoted(each) for name, each in value.items()}
        case list():
            return [unquoted(each) for each in value]
        case str():
            return value.strip('"')
        case _:
            return value


def test_terraform_itself_can_read_it() -> None:
    """Terraform's own parser is asked, too, where it is installed; it is no dependency."""
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("terraform is not installed; python-hcl2 has looked at the syntax")
    env = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    done = subprocess.run(
        [terraform, "fmt", "-no-color", "-"],
        input=text("terraform", everything()),
        capture_output=True,
        text=True,
        env=env,
    )
    assert done.returncode == 0, done.stderr
    assert "Invalid" not in done.stderr


def test_cloudformation_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    file = tmp_path / "plan.template.json"
    file.write_text(text("cloudformation", everything()))
    lint = [
        Path(sys.executable).parent / "cfn-lint",
        "--regions",
        "eu-central-1",
        "--template",
        file,
    ]
    done = subprocess.run(lint, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_cloudformation_is_a_template_to_import_with() -> None:
    template = json.loads(text("cloudformation", everything()))
    resources: dict[str, Any] = template["Resources"]
    static = resources["Static"]
    assert static["Type"] == "AWS::EC2::VPNConnection"
    assert static["DeletionPolicy"] == static["UpdateReplacePolicy"] == "Retain"
    assert static["Metadata"]["TunnelOutsideIps"] == ["203.0.113.5", "203.0.113.6"]
    properties = static["Properties"]
    assert properties["VpnGatewayId"] == "vgw-1"
    assert properties["StaticRoutesOnly"] is True
    first, second = properties["VpnTunnelOptionsSpecifications"]
    assert first["DPDTimeoutSeconds"] == 45
    assert second["IKEVersions"] == [{"Value": "ikev2"}]
    logs = first["LogOptions"]["CloudwatchLogOptions"]
    assert logs["LogEnabled"] is True
    assert set(first) <= SPECIFICATION
    assert {"Value": 24} in first["Phase2DHGroupNumbers"]
    assert {"Value": 35} not in first["Phase2DHGroupNumbers"]
    assert all(re.fullmatch("[A-Za-z0-9]+", name) for name in resources)
    assert resources["AwsVendedlogsVpn"]["Properties"]["RetentionInDays"] == 365


# The properties of VpnTunnelOptionsSpecification (CloudFormation template reference), but the key.
SPECIFICATION = {
    "DPDTimeoutAction",
    "DPDTimeoutSeconds",
    "EnableTunnelLifecycleControl",
    "IKEVersions",
    "LogOptions",
    "Phase1DHGroupNumbers",
    "Phase1EncryptionAlgorithms",
    "Phase1IntegrityAlgorithms",
    "Phase1LifetimeSeconds",
    "Phase2DHGroupNumbers",
    "Phase2EncryptionAlgorithms",
    "Phase2IntegrityAlgorithms",
    "Phase2LifetimeSeconds",
    "RekeyFuzzPercentage",
    "RekeyMarginTimeSeconds",
    "ReplayWindowSize",
    "StartupAction",
    "TunnelInsideCidr",
    "TunnelInsideIpv6Cidr",
}


def test_the_script_is_clean(tmp_path: Path) -> None:
    shellcheck = Path(sys.executable).parent / "shellcheck"
    file = tmp_path / "plan.sh"
    file.write_text(text("script", everything()))
    assert subprocess.run(["bash", "-n", file]).returncode == 0
    done = subprocess.run([shellcheck, file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("window", "moments"),
    [
        (None, {"2026-02-07 12:00": True}),
        (
            "Fri,Sat 22:00-02:00 Europe/Berlin",
            {
                "2026-02-06 20:59": False,  # Friday; Berlin is an hour ahead of UTC
                "2026-02-06 21:00": True,
                "2026-02-07 00:59": True,
                "2026-02-07 01:00": False,
                "2026-02-08 00:30": True,
                "2026-02-08 21:30": False,
            },
        ),
        ("Sun 08:00-09:30 UTC", {"2026-02-08 09:29": True, "2026-02-08 09:30": False}),
    ],
)
def test_the_window_of_the_script(window: str | None, moments: dict[str, bool]) -> None:
    from bothup.export._window import guard

    for moment, inside in moments.items():
        # A `date` that tells that moment, in the time zone that it is asked for.
        date = f'date() {{ command date -d "{moment} UTC" "$@"; }}\n'
        script = date + "".join(guard(window)) + "in_window"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
        assert (done.returncode == 0, done.stderr) == (inside, ""), moment


SCENARIO = """
regions = ["eu-central-1"]
[timing]
modify = 1
initiate = 0.2
[[accounts]]
id = "111122223333"
name = "Example"
management = true
[[accounts.connections]]
name = "office"
region = "eu-central-1"
[[accounts.connections]]
name = "broken"
region = "eu-central-1"
kind = "wrong-key"
[[accounts.connections]]
name = "silent"
region = "eu-central-1"
kind = "up-no-routes"
"""


def test_the_script_changes_one_tunnel_after_the_other(tmp_path: Path) -> None:
    with SimServer(parse_scenario(SCENARIO, "script")) as sim, aws_cli(sim, tmp_path) as path:
        env = clean_env() | sim.env()
        bothup = [sys.executable, "-m", "bothup", "plan", "--quiet"]
        only = ["--only", "dpd-restart", "--only", "startup-start"]
        done = subprocess.run([*bothup, *only, "-o", "script=plan.sh"], env=env, cwd=tmp_path)
        assert done.returncode == 0
        changes: list[tuple[str, bool]] = []
        sim.on_change(lambda each: changes.append((each.tunnel.outside_ip, each.after.up)))
        quick = {"PATH": path, "SETTLE": "1", "POLL": "0.5", "COME_BACK": "3"}
        run = subprocess.run(
            ["bash", "plan.sh"], env=env | quick, cwd=tmp_path, capture_output=True, text=True
        )
        place = sim.world.place("111122223333", "eu-central-1")
        fleet = {each.name: each for each in place.connections.values()}
    office, broken, silent = fleet["office"], fleet["broken"], fleet["silent"]
    assert run.returncode == 5, run.stderr
    assert f"{broken.tunnels[1].outside_ip} is still down, as it was before" in run.stderr
    assert f"{broken.tunnels[1].outside_ip} does not carry it, so" in run.stderr
    assert f"{silent.tunnels[1].outside_ip} does not carry it, so" in run.stderr
    assert "StartupAction" not in silent.tunnels[0].options
    assert [each.now.up for each in office.tunnels] == [True, True]
    assert {each.options["StartupAction"] for each in office.tunnels} == {"start"}
    assert "StartupAction" not in broken.tunnels[0].options
    theirs = [each for each in changes if each[0] in {t.outside_ip for t in office.tunnels}]
    first, second = theirs[0][0], theirs[-1][0]
    assert [each for each in theirs if each[1]] == [(first, True), (second, True)]
    assert theirs.index((first, True)) < theirs.index((second, False))


def test_the_script_begins_nothing_outside_its_window() -> None:
    parts = text("script", everything()).split("\npart_")[1:]
    functions = [part for part in parts if "() {" in part]
    assert functions
    assert all("\n  in_window || { say " in part.split("aws ")[0] for part in functions)
