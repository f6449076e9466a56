"""What each remedy proposes and refuses, by the evidence that it is given."""

import inspect
from typing import Any

import msgspec
import pytest

from bothup.engine.remedies import Cure, chosen, cures
from bothup.errors import UsageError
from bothup.model.bundle import ActiveStatus, CustomerGateway, Replacement
from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.connection import LogOptions, Routing, Tunnel, VpnConnection
from bothup.model.remedy import (
    Gateway,
    LogWish,
    Maintenance,
    Nat,
    Negotiated,
    Proposal,
    Refusal,
)
from bothup.model.tunnel_settings import DEFAULTS
from tests.plan.subjects import DOWN, HERE, NOW, STRONG, TARGET, WISH, A, B, connection, tunnel

IKEV1 = msgspec.structs.replace(STRONG, ike_version="ikev1")
WEAK = msgspec.structs.replace(STRONG, phase1_encryption="AES128", phase2_dh_group=2)
UNHEARD_OF = ActiveStatus(phase1_encryption="aes-128-cbc", phase2_encryption="aes-128-cbc")
NOTHING = ActiveStatus(provisioning_status="available")
NO_ADDRESS = Gateway(found=CustomerGateway(id="cgw-1", certificate_arn="arn:aws:acm:x"))


def ask(name: str, **given: Any) -> Proposal | Refusal | None:
    """What the remedy says of a tunnel, with evidence that speaks for it where none is given."""
    (cure,) = chosen([name], [])
    options = given.pop("options", {})
    here = given.pop("tunnel", None) or tunnel(A, **options)
    evidence = {
        Tunnel: here,
        VpnConnection: given.pop("connection", connection(here, tunnel(B))),
        Gateway: given.pop("gateway", HERE),
        Negotiated: given.pop("negotiated", Negotiated(here=STRONG, sibling=STRONG)),
        Maintenance: given.pop("maintenance", Maintenance(replacement=Replacement())),
        Nat: given.pop("nat", Nat(behind=False)),
        LogWish: WISH,
        ClientVpnEndpoint: given.pop("endpoint", None),
    }
    assert not given
    said = list(cure.propose(*(evidence[kind] for kind in cure.evidence.values())))
    assert len(said) <= 1
    return said[0] if said else None


@pytest.mark.parametrize("cure", cures(), ids=lambda cure: cure.remedy.id)
def test_every_remedy_has_its_page(cure: Cure) -> None:
    assert cure.page.title
    assert list(cure.page.sections) == ["What it does", "When", "Risk", "How to undo"]
    assert all(cure.page.sections.values())


@pytest.mark.parametrize("cure", cures(), ids=lambda cure: cure.remedy.id)
def test_no_remedy_can_name_a_key(cure: Cure) -> None:
    assert "PreSharedKey" not in inspect.getsource(inspect.getmodule(cure.propose))  # type: ignore[arg-type]
    assert "PreSharedKey" not in DEFAULTS


@pytest.mark.parametrize(
    "name",
    [
        "startup-start",
        "ikev2-only",
        "tunnel-logs",
        "dpd-restart",
        "lifecycle-control",
        "strong-crypto",
        "apply-pending-maintenance",
    ],
)
def test_a_tunnel_without_known_options_is_left_alone(name: str) -> None:
    unknown = Tunnel(outside_ip=A, status=DOWN)
    assert ask(name, tunnel=unknown, connection=connection(unknown, tunnel(B))) is None


START = {"StartupAction": "start"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, START),
        ({"options": {"startup_action": "start"}}, None),
        ({"options": {"startup_action": "add"}}, START),
        ({"options": {"ike_versions": ("ikev1",)}}, "IKEv1 only"),
        ({"negotiated": Negotiated(here=IKEV1, sibling=STRONG)}, "negotiates IKEv1"),
        ({"negotiated": Negotiated(here=NOTHING, sibling=STRONG)}, START),
        ({"negotiated": Negotiated(here=NOTHING, sibling=IKEV1)}, "nothing proves"),
        ({"negotiated": Negotiated(here=NOTHING, sibling=NOTHING)}, "negotiates now"),
        (
            {
                "negotiated": Negotiated(here=NOTHING, sibling=NOTHING),
                "options": {"ike_versions": ("ikev2",)},
            },
            START,
        ),
        ({"negotiated": Negotiated(problem="not allowed")}, "not allowed"),
        ({"gateway": NO_ADDRESS}, "has no IP address"),
        ({"gateway": Gateway(problem="not allowed")}, "not allowed"),
        ({"nat": Nat(behind=True, identity=False)}, "behind NAT"),
        ({"nat": Nat(behind=True, identity=True)}, START),
        ({"connection": connection(category="VPN-Classic")}, "Classic"),
    ],
)
def test_startup_start(given: dict[str, Any], expected: Any) -> None:
    check(ask("startup-start", **given), expected)


def test_what_no_evidence_rules_out_is_said_as_an_assumption() -> None:
    said = ask("startup-start", nat=Nat(), negotiated=Negotiated(here=NOTHING, sibling=STRONG))
    assert isinstance(said, Proposal)
    assert [("NAT" in text, "IKEv2" in text) for text in said.assumes] == [
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"IKEVersions": ["ikev2"]}),
        ({"options": {"ike_versions": ("ikev2",)}}, None),
        ({"options": {"ike_versions": ("ikev1", "ikev2")}}, {"IKEVersions": ["ikev2"]}),
        ({"negotiated": Negotiated(here=IKEV1, sibling=STRONG)}, "negotiates IKEv1"),
        ({"negotiated": Negotiated(here=NOTHING, sibling=STRONG)}, "nothing proves"),
        ({"negotiated": Negotiated(sibling=STRONG, problem="throttled")}, "throttled"),
        ({"connection": connection(category="VPN-Classic")}, "Classic"),
    ],
)
def test_ikev2_only(given: dict[str, Any], expected: Any) -> None:
    said = ask("ikev2-only", **given)
    check(said, expected)
    if isinstance(said, Refusal) and "Classic" not in said.reason:
        assert said.do_on_device


ACTIVITY = {"LogEnabled": True, "LogGroupArn": WISH.arn, "LogOutputFormat": "json"}
BGP = {"BgpLogEnabled": True, "BgpLogGroupArn": WISH.arn, "BgpLogOutputFormat": "json"}
OTHER = "arn:aws:logs:eu-central-1:111122223333:log-group:mine:*"


@pytest.mark.parametrize(
    ("logs", "routing", "expected"),
    [
        (LogOptions(), Routing.BGP, ACTIVITY | BGP),
        (LogOptions(), Routing.STATIC, ACTIVITY | {"BgpLogEnabled": False}),
        (LogOptions(), Routing.UNKNOWN, ACTIVITY | {"BgpLogEnabled": False}),
        (
            LogOptions(activity_enabled=True, activity_group_arn=OTHER, activity_format="text"),
            Routing.BGP,
            {"LogEnabled": True, "LogGroupArn": OTHER, "LogOutputFormat": "text"} | BGP,
        ),
        (
            LogOptions(bgp_enabled=True, bgp_group_arn=OTHER),
            Routing.BGP,
            ACTIVITY | {"BgpLogEnabled": True, "BgpLogGroupArn": OTHER},
        ),
        (LogOptions(activity_enabled=True, activity_group_arn=OTHER), Routing.STATIC, None),
        (
            LogOptions(
                activity_enabled=True,
                activity_group_arn=OTHER,
                bgp_enabled=True,
                bgp_group_arn=OTHER,
            ),
            Routing.BGP,
            None,
        ),
    ],
)
def test_tunnel_logs_leave_the_other_log_as_it_is(
    logs: LogOptions, routing: Routing, expected: dict[str, Any] | None
) -> None:
    here = tunnel(A, logs=logs)
    said = ask("tunnel-logs", tunnel=here, connection=connection(here, tunnel(B), routing=routing))
    if expected is None:
        assert said is None
    else:
        assert isinstance(said, Proposal)
        assert said.settings == {"LogOptions": {"CloudWatchLogOptions": expected}}
        assert said.log_groups == (WISH.tunnels,)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"DPDTimeoutAction": "restart"}),
        ({"options": {"dpd_action": "none"}}, {"DPDTimeoutAction": "restart"}),
        ({"options": {"dpd_action": "restart"}}, None),
        ({"gateway": NO_ADDRESS}, "no IP address"),
        ({"gateway": Gateway(problem="not allowed")}, "not allowed"),
        ({"options": {"ike_versions": ("ikev1",)}}, "IKEv1 only"),
        ({"negotiated": Negotiated(here=IKEV1)}, "AWS initiates with IKEv2 alone"),
        (
            {"negotiated": Negotiated(here=NOTHING, sibling=NOTHING)},
            {"DPDTimeoutAction": "restart"},
        ),
        ({"nat": Nat(behind=True, identity=False)}, "behind NAT"),
        ({"connection": connection(category="VPN-Classic")}, "Classic"),
    ],
)
def test_dpd_restart(given: dict[str, Any], expected: Any) -> None:
    check(ask("dpd-restart", **given), expected)


def test_lifecycle_control_is_turned_on_in_place() -> None:
    said = ask("lifecycle-control")
    check(said, {"EnableTunnelLifecycleControl": True})
    assert isinstance(said, Proposal)
    assert said.in_place
    assert ask("lifecycle-control", options={"lifecycle_control": True}) is None


def test_strong_crypto_drops_what_the_device_does_not_use() -> None:
    said = ask("strong-crypto")
    assert isinstance(said, Proposal)
    assert {name: DEFAULTS[name][0] for name in said.settings} == {
        "Phase1EncryptionAlgorithms": "AES128",
        "Phase1IntegrityAlgorithms": "SHA1",
        "Phase1DHGroupNumbers": 2,
        "Phase2EncryptionAlgorithms": "AES128",
        "Phase2IntegrityAlgorithms": "SHA1",
        "Phase2DHGroupNumbers": 2,
    }
    for name, left in said.settings.items():
        assert set(left) == set(DEFAULTS[name]) - {"AES128", "SHA1", 2}


def test_strong_crypto_keeps_the_lists_that_the_device_needs() -> None:
    said = ask("strong-crypto", negotiated=Negotiated(here=WEAK))
    assert isinstance(said, Proposal)
    assert "Phase1EncryptionAlgorithms" not in said.settings
    assert "Phase2DHGroupNumbers" not in said.settings
    assert "Phase1DHGroupNumbers" in said.settings


STRONG_LISTS = {
    "phase1_encryption": ("AES256",),
    "phase2_encryption": ("AES256-GCM-16",),
    "phase1_integrity": ("SHA2-256",),
    "phase2_integrity": ("SHA2-512",),
    "phase1_dh_groups": (14, 20),
    "phase2_dh_groups": (14,),
}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"options": STRONG_LISTS}, None),
        ({"options": STRONG_LISTS, "negotiated": Negotiated(problem="denied")}, None),
        ({"negotiated": Negotiated(here=NOTHING)}, "not known"),
        ({"negotiated": Negotiated(problem="denied")}, "denied"),
        (
            {
                "options": {**STRONG_LISTS, "phase1_encryption": ("AES128", "AES256")},
                "negotiated": Negotiated(here=WEAK),
            },
            "phase 1 AES128",
        ),
        (
            {"negotiated": Negotiated(here=UNHEARD_OF)},
            "phase 2 aes-128-cbc",
        ),
        (
            {"options": {**STRONG_LISTS, "phase2_dh_groups": (2, 14)}},
            {"Phase2DHGroupNumbers": [14]},
        ),
    ],
)
def test_strong_crypto(given: dict[str, Any], expected: Any) -> None:
    check(ask("strong-crypto", **given), expected)


PENDING = Replacement(pending=True, applied_after=NOW)


@pytest.mark.parametrize(
    ("maintenance", "expected"),
    [
        (Maintenance(replacement=Replacement(), windowed=True), None),
        (Maintenance(replacement=None, windowed=True, problem="denied"), "is not known: denied"),
        (Maintenance(replacement=PENDING), "--window"),
        (Maintenance(replacement=PENDING, windowed=True), {}),
    ],
)
def test_pending_maintenance_is_applied_inside_a_window(
    maintenance: Maintenance, expected: Any
) -> None:
    said = ask("apply-pending-maintenance", maintenance=maintenance)
    check(said, expected)
    assert not isinstance(said, Proposal) or said.replace


def test_client_vpn_logging() -> None:
    off = ClientVpnEndpoint(
        id="cvpn-endpoint-1", target=TARGET, state="available", log_enabled=False
    )
    said = ask("client-vpn-logging", endpoint=off)
    check(
        said,
        {
            "ConnectionLogOptions": {
                "Enabled": True,
                "CloudwatchLogGroup": "/aws/clientvpn/connections",
                "CloudwatchLogStream": "cvpn-endpoint-1",
            }
        },
    )
    on = msgspec.structs.replace(off, log_enabled=True, log_group="mine")
    assert ask("client-vpn-logging", endpoint=on) is None


def test_a_remedy_that_is_none_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean ikev2-only"):
        chosen(["ikev2"], [])
    with pytest.raises(UsageError, match="leave no remedy"):
        chosen(["ikev2-only"], ["ikev2-only"])
    assert "ikev2-only" not in {cure.remedy.id for cure in chosen([], ["ikev2-only"])}


def check(said: Proposal | Refusal | None, expected: Any) -> None:
    """Nothing, the settings that are proposed, or a part of the reason for a refusal."""
    if expected is None:
        assert said is None
    elif isinstance(expected, str):
        assert isinstance(said, Refusal), said
        assert expected in said.reason
    else:
        assert isinstance(said, Proposal), said
        assert said.settings == expected
