"""No key leaves: not from AWS's answers, the device's log or its configuration, in any output."""

import json
from pathlib import Path

import pytest

from bothup.cli.device import LARGEST_LOG, without_keys
from bothup.cli.device import _end as end_of
from bothup.pages import forms
from bothup.sim.server import SimServer
from tests.collect.conftest import Run
from tests.collect.ground import connection

KEY = "Zq7.Fake_Not_A_Key_9"
CONFIGS = {
    "strongswan": f"""conn aws-1
    left=192.0.2.10
    right=203.0.113.11
    authby=secret
    keyexchange=ikev2
# ipsec.secrets
192.0.2.10 203.0.113.11 : PSK "{KEY}"
""",
    "swanctl": f"""connections {{ aws1 {{ remote_addrs = 203.0.113.11
  local {{ auth = psk }} remote {{ auth = psk }} children {{ net {{ }} }} }} }}
secrets {{ ike-1 {{ id = 203.0.113.11
    secret = "{KEY}" }} }}
""",
    "cisco-ios": f"""crypto ikev2 keyring AWS
 peer one
  address 203.0.113.11
  pre-shared-key {KEY}
crypto isakmp key {KEY} address 203.0.113.11
""",
    "cisco-asa": f"""tunnel-group 203.0.113.11 type ipsec-l2l
tunnel-group 203.0.113.11 ipsec-attributes
 ikev1 pre-shared-key {KEY}
 ikev2 local-authentication pre-shared-key {KEY}
""",
    "fortigate": f"""config vpn ipsec phase1-interface
    edit "aws1"
        set remote-gw 203.0.113.11
        set psksecret {KEY}
    next
end
""",
    "juniper": f"""security {{ ike {{ policy aws1 {{ mode main;
    pre-shared-key ascii-text "{KEY}"; ## SECRET-DATA
}} gateway gw1 {{ ike-policy aws1; address 203.0.113.11; }} }} }}
""",
    "paloalto": f"""<config><ike><gateway><entry name="aws1"><authentication><pre-shared-key>
<key>{KEY}</key></pre-shared-key></authentication><peer-address><ip>203.0.113.11</ip>
</peer-address></entry></gateway></ike></config>
""",
    "pfsense": f"""<pfsense><ipsec><phase1><remote-gateway>203.0.113.11</remote-gateway>
<pre-shared-key>{KEY}</pre-shared-key></phase1></ipsec></pfsense>
""",
    "aws-xml": f"""<vpn_connection id="vpn-1"><ipsec_tunnel><ike>
<pre_shared_key>{KEY}</pre_shared_key></ike></ipsec_tunnel></vpn_connection>
""",
}
LOG = f"""Nov 24 05:00:00 gw charon: 05[CFG] loaded IKE secret for 203.0.113.11 : PSK "{KEY}"
Nov 24 05:00:01 gw charon: 06[IKE] <aws1|1> initiating IKE_SA aws1[1] to 203.0.113.11
Nov 24 05:00:01 gw config: pre-shared-key {KEY}
Nov 24 05:00:02 gw config: set psksecret {KEY}
Nov 24 05:00:03 gw charon: 07[IKE] <aws1|1> received AUTHENTICATION_FAILED notify error
-----BEGIN RSA PRIVATE KEY-----
MIIEfake{KEY}
-----END RSA PRIVATE KEY-----
Nov 24 05:00:04 gw charon: 08[IKE] <aws1|1> giving up after 5 retransmits
"""


def leaked(text: str) -> list[str]:
    """What of the secrets stands in a text; a part of eight characters is a leak too."""
    return [mark for mark in (KEY, KEY[:8], KEY[-8:], "SIMPSK", "pre_shared_key>Z") if mark in text]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "gw.log").write_text(LOG, "utf-8")
    flags: tuple[str, ...] = ("--device-log", "gw.log")
    for vendor, text in CONFIGS.items():
        (tmp_path / vendor).write_text(text, "utf-8")
        flags = (*flags, "--device-config", vendor)
    return flags


def test_a_bundle_holds_none(
    bothup: Run, sim: SimServer, tmp_path: Path, files: tuple[str, ...]
) -> None:
    name = connection(sim, "broken").id
    done = bothup("collect", name, *files, "-o", "evidence.json", "--debug")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "evidence.json").read_text("utf-8")
    assert leaked(text + done.stderr) == []
    told = json.loads(text)
    assert len(told["device_config"]) == len(CONFIGS)
    assert "203.0.113.11" in told["device_config"][0]["text"]
    assert any(
        "giving up after 5" in line for log in told["logs"] for line in map(str, log["lines"])
    )
    assert "FilterLogEvents" in done.stderr


def test_no_form_shows_any(
    bothup: Run, sim: SimServer, tmp_path: Path, files: tuple[str, ...]
) -> None:
    name = connection(sim, "broken").id
    outputs = [flag for form in forms() for flag in ("-o", f"{form}=page.{form}")]
    done = bothup("diagnose", name, *files, *outputs, "-v", "--debug", "--telemetry-interval", "0")
    assert done.returncode == 3, done.stderr
    pages = [(tmp_path / f"page.{form}").read_text("utf-8") for form in forms()]
    assert all(name in page for page in pages)
    assert leaked("".join(pages) + done.stdout + done.stderr) == []


def test_evidence_full_of_keys_shows_none(bothup: Run, tmp_path: Path) -> None:
    """A bundle that somebody else has made may hold what ours never would."""
    document = {
        "schema": "bothup.evidence/1",
        "connection": {
            "VpnConnectionId": "vpn-0a1b2c3d4e5f60718",
            "CustomerGatewayConfiguration": CONFIGS["aws-xml"],
            "Options": {
                "TunnelOptions": [{"OutsideIpAddress": "203.0.113.11", "PreSharedKey": KEY}]
            },
            "VgwTelemetry": [{"OutsideIpAddress": "203.0.113.11", "Status": "DOWN"}],
        },
        "logs": [{"source": "device", "lines": LOG.splitlines()}],
        "device_config": [{"text": text} for text in CONFIGS.values()],
        "changes": [{"eventName": "ModifyVpnTunnelOptions", "requestParameters": {"x": KEY}}],
        "notes": [f'pre-shared-key "{KEY}"'],
    }
    (tmp_path / "evidence.json").write_text(json.dumps(document), "utf-8")
    for form in forms():
        done = bothup("diagnose", "--evidence", "evidence.json", "-v", "-o", form, sim=None)
        assert done.returncode == 3, done.stderr
        assert leaked(done.stdout + done.stderr) == []


def test_the_simulator_and_the_files_do_hold_keys(
    sim: SimServer, tmp_path: Path, files: tuple[str, ...]
) -> None:
    """Else the tests above would prove nothing."""
    import boto3

    told = json.dumps(boto3.Session().client("ec2").describe_vpn_connections(), default=str)
    assert "SIMPSK" in told
    for name in (*CONFIGS, "gw.log"):
        assert leaked((tmp_path / name).read_text("utf-8"))


def test_private_keys_go_with_all_their_lines() -> None:
    masked = list(without_keys(LOG.splitlines()))
    assert leaked("".join(masked)) == []
    assert len(masked) == len(LOG.splitlines())
    assert masked[-1].endswith("giving up after 5 retransmits")
    cut = list(without_keys(["-----BEGIN PRIVATE KEY-----", KEY, KEY]))
    assert leaked("".join(cut)) == []


def test_of_a_long_log_the_end_is_kept() -> None:
    lines = (f"line {number} {'x' * 1000}\n" for number in range(20_000))
    kept = end_of(lines)
    assert sum(map(len, kept)) <= LARGEST_LOG
    assert kept[-1].startswith("line 19999 ")
    assert kept[0].startswith(f"line {20_000 - len(kept)} ")
