"""What an experienced engineer would say at a glance, and what a diagnosis must say, too."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from tests.diagnosis.lab import (
    ANSWERED,
    AUTH,
    AWS,
    BEGIN,
    DEVICE,
    INIT,
    NOW,
    OTHER,
    REFUSED_AUTH,
    UP,
    activity,
    bgp,
    charon,
    connection,
    evidence,
    states,
)

from bothup.engine.diagnose import diagnose
from bothup.model.diagnosis import CauseVerdict, Certainty, Diagnosis, EvidenceKind
from bothup.read.bundle import bundle_of


def told(bundle: dict[str, Any]) -> Diagnosis:
    return diagnose(bundle_of(bundle, now=NOW), now=NOW)


def causes(bundle: dict[str, Any]) -> tuple[CauseVerdict, ...]:
    return next(each.causes for each in told(bundle).tunnels if each.outside_ip == AWS)


def first(bundle: dict[str, Any]) -> str:
    return causes(bundle)[0].id


def verdict(bundle: dict[str, Any], name: str) -> str:
    return next((each.verdict.value for each in causes(bundle) if each.id == name), "nothing")


def metric(name: str, values: list[float], tunnel: str = AWS, minutes: int = 5) -> dict[str, Any]:
    end = BEGIN - timedelta(minutes=minutes * len(values))
    points = [
        [int((end + timedelta(minutes=minutes * number)).timestamp()), value]
        for number, value in enumerate(values)
    ]
    return {"tunnel": tunnel, "name": name, "period": 60 * minutes, "points": points}


def call(name: str, at: datetime, tunnel: str | None = AWS, **options: Any) -> dict[str, Any]:
    request: dict[str, Any] = {"VpnConnectionId": "vpn-0123456789abcdef0", "TunnelOptions": options}
    if tunnel:
        request["VpnTunnelOutsideIpAddress"] = tunnel
    return {
        "eventName": name,
        "eventTime": at.isoformat(),
        "requestParameters": {f"{name}Request": request},
        "userIdentity": {"arn": "arn:aws:iam::111122223333:user/eve"},
    }


def test_ipsec_is_up_on_a_down_tunnel_is_bgp() -> None:
    bundle = evidence([], connection("DOWN", "IPSEC IS UP", static=False))
    assert first(bundle) == "bgp-down"
    assert verdict(evidence([], connection()), "bgp-down") == "ruled_out"


def test_down_with_an_empty_message_is_a_recent_change() -> None:
    assert first(evidence([], connection("DOWN", ""))) == "recent-modification"


def test_that_nobody_changed_anything_takes_all_of_the_changes() -> None:
    down = connection("DOWN", "")
    gap = {"kind": "changes", "why": "more than 200 events", "how_to_get": "aws cloudtrail"}
    assert first(evidence([], down, changes=[])) != "recent-modification"
    assert first(evidence([], down, changes=[], missing_evidence=[gap])) == "recent-modification"


def test_down_alone_is_unknown_and_says_what_would_tell() -> None:
    found = told(evidence([], connection()))
    down = next(each for each in found.tunnels if each.outside_ip == AWS)
    assert down.causes[0].id == "unknown"
    wanted = {missing.kind: missing.how_to_get for missing in down.missing_evidence}
    assert "LogEnabled=true" in wanted[EvidenceKind.ACTIVITY_LOG]
    assert AWS in wanted[EvidenceKind.ACTIVITY_LOG]
    assert "--device-log" in wanted[EvidenceKind.DEVICE_LOG]
    of_both = {missing.kind: missing.how_to_get for missing in found.missing_evidence}
    assert "vpn-0123456789abcdef0" in of_both[EvidenceKind.CHANGES]


def test_a_log_that_is_on_and_was_not_read_is_asked_for_by_its_group() -> None:
    arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/vendedlogs/vpn:*"
    logs = {"CloudWatchLogOptions": {"LogEnabled": True, "LogGroupArn": arn}}
    found = told(evidence([], connection(options={"LogOptions": logs})))
    missing = {each.kind: each.how_to_get for each in found.missing_evidence}
    assert "--log-group-name /aws/vendedlogs/vpn " in missing[EvidenceKind.ACTIVITY_LOG]


def test_what_a_collector_could_not_get_says_so_first() -> None:
    gap = {"kind": "changes", "why": "AccessDenied", "how_to_get": "cloudtrail:LookupEvents"}
    found = told(evidence([], connection(), missing_evidence=[gap]))
    assert found.missing_evidence[0].why == "AccessDenied"
    kinds = [missing.kind for missing in found.missing_evidence]
    assert kinds.count(EvidenceKind.CHANGES) == 1


def test_what_is_missing_is_said_once_where_it_belongs() -> None:
    gaps = [
        {"kind": "changes", "why": "denied", "how_to_get": "aws cloudtrail lookup-events"},
        {"kind": "metrics", "why": f"none of {OTHER}: gone", "how_to_get": "aws cloudwatch"},
    ]
    found = told(evidence([], connection(sibling="DOWN"), missing_evidence=gaps))
    whys = {each.outside_ip: [one.why for one in each.missing_evidence] for each in found.tunnels}
    assert "denied" not in whys[AWS] + whys[OTHER]
    assert gaps[1]["why"] in whys[OTHER]
    assert gaps[1]["why"] not in whys[AWS]
    everything = [one.why for one in found.missing_evidence]
    assert everything.count("denied") == everything.count(gaps[1]["why"]) == 1


def test_both_sides_are_compared_setting_by_setting() -> None:
    text = {"vendor": "strongswan", "text": SWANCTL}
    found = told(evidence([], connection(sibling="DOWN"), device_config=[text]))
    here, other = (
        next(each for each in found.tunnels if each.outside_ip == address)
        for address in (AWS, OTHER)
    )
    rows = {row.setting: row for row in here.settings}
    assert rows["phase 1 DH group"].agreement == "clashes"
    assert rows["phase 1 DH group"].config_line == "device_config[0], line 4"
    assert rows["tunnel"].device == "one"
    (row,) = other.settings
    assert (row.setting, row.agreement) == ("tunnel", "clashes")
    assert "second-tunnel-not-configured" in {each.id for each in other.causes[:2]}


SWANCTL = f"""connections {{
  one {{
    remote_addrs = {AWS}
    proposals = aes256-sha256-modp1536
    version = 2
    children {{ net {{ esp_proposals = aes256-sha256-modp2048 }} }}
  }}
}}
"""


def test_never_up_beside_a_sibling_that_is_was_never_configured() -> None:
    never = metric("TunnelState", [0.0] * 50)
    bundle = evidence([activity()], connection(), metrics=[never])
    assert first(bundle) == "second-tunnel-not-configured"
    once = metric("TunnelState", [0.0] * 20 + [1.0] * 3 + [0.0] * 20)
    bundle = evidence([activity()], connection(), metrics=[once])
    assert verdict(bundle, "second-tunnel-not-configured") == "ruled_out"


def test_a_tunnel_that_is_spoken_to_is_configured() -> None:
    bundle = evidence([activity("AWS tunnel is sending AUTHENTICATION_FAILED as the response")],
                      connection(), metrics=[metric("TunnelState", [0.0] * 50)])  # fmt: skip
    assert first(bundle) != "second-tunnel-not-configured"


def test_a_silent_log_is_a_filter_a_wrong_address_or_nobody_initiating() -> None:
    bundle = evidence([activity()], connection())
    assert first(bundle) == "ike-no-response"
    assert causes(bundle)[0].verdict is Certainty.LIKELY


def other(status: str, minutes: int) -> dict[str, Any]:
    changed = (BEGIN + timedelta(minutes=minutes)).isoformat()
    return {"VpnConnectionId": "vpn-0fedcba9876543210", "State": "available", "VgwTelemetry": [
        {"OutsideIpAddress": address, "Status": status, "StatusMessage": "",
         "LastStatusChange": changed} for address in ("203.0.113.77", "203.0.113.78")]}  # fmt: skip


def test_everything_on_one_gateway_down_within_minutes_is_the_gateway() -> None:
    both = connection(sibling="DOWN")
    bundle = evidence([], both, same_gateway=[other("DOWN", 2)])
    found = told(bundle)
    assert first(bundle) == "customer-gateway-down"
    assert found.connection_causes[0].id == "customer-gateway-down"
    alive = evidence([], both, same_gateway=[other("UP", 2)])
    assert verdict(alive, "customer-gateway-down") == "ruled_out"
    earlier = evidence([], both, same_gateway=[other("DOWN", -600)])
    assert causes(earlier)[0].score < found.tunnels[0].causes[0].score


def test_drops_at_the_distance_of_a_lifetime_are_rekeys() -> None:
    hourly = ([1.0] * 10 + [0.0]) * 6
    bundle = evidence([], connection(), metrics=[metric("TunnelState", hourly)])
    assert first(bundle) == "rekey-failure"
    wild = [1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0] * 3
    bundle = evidence([], connection(), metrics=[metric("TunnelState", wild)])
    assert first(bundle) == "unstable-path"


def test_a_delete_straight_after_a_new_sa_is_a_rekey() -> None:
    lines = (
        "AWS tunnel is sending request (id=7) for CREATE_CHILD_SA",
        "AWS tunnel processed response (id=7) for CREATE_CHILD_SA",
        "AWS tunnel received DELETE for Phase 2 SA with SPI: c0ffee01",
    )
    log = activity(*lines, phase1="established", phase2="established")
    bundle = evidence([log], connection("UP", "IPSEC IS UP"))
    assert first(bundle) == "healthy"
    assert verdict(bundle, "peer-deleted-sa") == "nothing"


def test_a_replacement_near_the_drop_comes_before_any_guess() -> None:
    applied = {"MaintenanceDetails": {"LastMaintenanceApplied": BEGIN.isoformat()}}
    dead = activity("AWS tunnel DPD timed out after 3 retransmits", phase2="established")
    bundle = evidence([dead], connection(), tunnels={AWS: {"replacement": applied}})
    assert first(bundle) == "aws-endpoint-replacement"
    long_ago = {"MaintenanceDetails": {"LastMaintenanceApplied": "2026-01-01T00:00:00+00:00"}}
    bundle = evidence([dead], connection(), tunnels={AWS: {"replacement": long_ago}})
    assert first(bundle) == "dpd-timeout"
    assert verdict(bundle, "aws-endpoint-replacement") == "ruled_out"


def test_a_change_near_the_drop_comes_before_any_guess() -> None:
    near = BEGIN - timedelta(minutes=4)
    change = call("ModifyVpnTunnelOptions", near, IKEVersions=[{"Value": "ikev2"}])
    bundle = evidence([activity()], connection(), changes=[change])
    assert first(bundle) == "recent-modification"
    assert "IKEVersions" in causes(bundle)[0].clues[0].text
    of_other = evidence(
        [activity()], connection(), changes=[call("ModifyVpnTunnelOptions", near, OTHER)]
    )
    assert first(of_other) == "ike-no-response"
    failed = evidence([activity()], connection(), changes=[change | {"errorCode": "Denied"}])
    assert first(failed) == "ike-no-response"


def test_two_causes_at_once_are_both_named() -> None:
    refused = charon(*INIT, *ANSWERED, *AUTH, *REFUSED_AUTH)
    differ = activity(f"AWS tunnel detected a pre-shared key mismatch with cgw: {DEVICE}")
    change = call("ModifyVpnTunnelOptions", BEGIN, PreSharedKey="***")
    bundle = evidence([refused, differ], connection(), changes=[change])
    leading = {each.id for each in causes(bundle)[:2]}
    assert leading == {"psk-mismatch", "recent-modification"}
    assert all(each.score > 0.8 for each in causes(bundle)[:2])


def test_a_gateway_that_is_not_attached_concerns_both_tunnels() -> None:
    found = told(evidence([], connection(sibling="DOWN", GatewayAssociationState="not-associated")))
    assert [each.causes[0].id for each in found.tunnels] == ["gateway-not-attached"] * 2
    assert found.connection_causes[0].id == "gateway-not-attached"
    assert found.connection_causes[0].verdict is Certainty.CONFIRMED


def test_what_one_of_two_tunnels_has_is_not_the_connections() -> None:
    differ = activity(f"AWS tunnel detected a pre-shared key mismatch with cgw: {DEVICE}")
    found = told(evidence([differ], connection()))
    assert "psk-mismatch" not in {each.id for each in found.connection_causes}


def test_a_quiet_tunnel_that_the_device_closes_was_idle() -> None:
    closed = activity("AWS tunnel received DELETE for IKE_SA from CGW", phase2="established")
    quiet = [metric("TunnelDataIn", [0.0] * 12), metric("TunnelDataOut", [0.0] * 12)]
    busy = [metric("TunnelDataIn", [9e6] * 12), metric("TunnelDataOut", [9e6] * 12)]
    scores = {}
    for name, metrics in (("quiet", quiet), ("busy", busy)):
        found = causes(evidence([closed], connection(), metrics=metrics))
        scores[name] = next(each.score for each in found if each.id == "idle-timeout")
    assert scores["quiet"] > 0.75
    assert scores["busy"] < 0.2
    never = evidence(
        [activity()], connection(), metrics=[*quiet, metric("TunnelState", [0.0] * 12)]
    )
    assert "idle-timeout" not in {each.id for each in causes(never)}


def test_bgp_that_only_noticed_is_not_blamed() -> None:
    expired = bgp(
        *states("Idle", "Connect", "OpenSent", "OpenConfirm", "Established"),
        "AWS-side peer sent a Hold Timer Expired notification to neighbor 169.254.10.2",
    )
    dead = activity("AWS tunnel DPD timed out after 3 retransmits", phase2="established")
    bundle = evidence([dead, expired], connection(static=False))
    assert first(bundle) == "dpd-timeout"
    alone = evidence([expired], connection("DOWN", "IPSEC IS UP", static=False))
    assert first(alone) == "bgp-hold-timer"  # fmt: skip


def test_an_up_tunnel_has_no_confirmed_cause_of_being_down() -> None:
    differ = activity(f"AWS tunnel detected a pre-shared key mismatch with cgw: {DEVICE}")
    found = causes(evidence([differ], connection("UP", "IPSEC IS UP")))
    assert not [each.id for each in found if each.verdict is Certainty.CONFIRMED]


def test_what_was_overcome_weighs_less_than_what_came_last() -> None:
    refused = ("IKE: received NO_PROPOSAL_CHOSEN notify error",)
    lines = charon(*INIT, "ENC: parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]", *refused, *UP,
                   "JOB: deleting IKE_SA after 300 seconds of CHILD_SA inactivity")  # fmt: skip
    found = causes(evidence([lines]))
    assert found[0].id == "idle-timeout"
    assert next(each.score for each in found if each.id == "ike-proposal-mismatch") < 0.5


def test_a_bundle_of_nothing_is_unknown() -> None:
    found = told({"schema": "bothup.evidence/1"})
    assert [each.causes[0].id for each in found.tunnels] == ["unknown"]
    assert found.connection == "?"


def test_a_connection_that_cannot_be_read_is_told_and_its_logs_are_used() -> None:
    log = activity("AWS tunnel DPD timed out after 3 retransmits")
    found = told(evidence([log], {"VpnConnectionId": "vpn-1", "State": 7}))
    assert found.connection == "vpn-1"
    assert any("State" in notice for notice in found.notices)
    assert found.tunnels[0].causes[0].id == "dpd-timeout"


def test_advice_names_the_connection_and_the_tunnel() -> None:
    found = causes(
        evidence([activity("AWS tunnel DPD timed out after 3 retransmits")], connection())
    )
    text = " ".join(found[0].do_on_aws + found[0].do_on_device)
    assert "vpn-0123456789abcdef0" in text
    assert AWS in text
    assert "VPN_ID" not in text
    assert "OUTSIDE_IP" not in text


def test_every_clue_points_at_its_evidence() -> None:
    lines = charon(*INIT, *ANSWERED, *AUTH, *REFUSED_AUTH)
    for cause in causes(evidence([lines, activity()], connection())):
        for clue in cause.clues:
            assert clue.text
            assert clue.evidence.pointer
            assert clue.weight


def test_a_diagnosis_as_json_has_the_shape_that_is_promised() -> None:
    differ = activity(f"AWS tunnel detected a pre-shared key mismatch with cgw: {DEVICE}")
    document = msgspec.to_builtins(told(evidence([differ], connection(), account="111122223333")))
    assert document["schema"] == "bothup.diagnosis/1"
    assert document["account"] == "111122223333"
    assert {"connection", "region", "tunnels", "connection_causes"} <= set(document)
    down = next(each for each in document["tunnels"] if each["outside_ip"] == AWS)
    assert down["status"] == "DOWN"
    cause = down["causes"][0]
    assert (cause["id"], cause["verdict"]) == ("psk-mismatch", "confirmed")
    assert set(cause) == {
        "id", "title", "verdict", "score", "clues", "do_on_aws", "do_on_device"
    }  # fmt: skip
    assert set(cause["clues"][0]) == {"text", "weight", "evidence"}
    assert set(cause["clues"][0]["evidence"]) == {"kind", "pointer", "time"}
    assert {"kind", "why", "how_to_get"} == set(
        told(evidence([], connection())).missing_evidence[0].__struct_fields__
    )


VGW = {"VpnGatewayId": "vgw-0123456789abcdef0", "TransitGatewayId": ""}
ATTACHED: dict[str, Any] = {"VpnGatewayId": "vgw-0123456789abcdef0", "VpcAttachments": []}


def test_a_private_gateway_without_a_vpc_is_a_gateway_not_attached() -> None:
    down = connection(sibling="DOWN") | VGW | {"GatewayAssociationState": "associated"}
    assert first(evidence([], down, attachments=[ATTACHED])) == "gateway-not-attached"
    fine = ATTACHED | {"VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]}
    assert verdict(evidence([], down, attachments=[fine]), "gateway-not-attached") == "ruled_out"


def test_a_transit_gateway_without_the_connection_is_a_gateway_not_attached() -> None:
    down = connection(sibling="DOWN") | {"TransitGatewayId": "tgw-1"}
    assert first(evidence([], down, attachments=[])) == "gateway-not-attached"
    failed = {"TransitGatewayId": "tgw-1", "State": "failed"}
    assert first(evidence([], down, attachments=[failed])) == "gateway-not-attached"
    bare = {"TransitGatewayId": "tgw-1", "State": "available"}
    found = verdict(evidence([], down, attachments=[bare]), "gateway-not-attached")
    assert found == "possible"


def test_the_creation_of_a_connection_is_no_modification_of_it() -> None:
    made = [call("CreateVpnConnection", BEGIN, tunnel=None)]
    bundle = evidence([], connection(), changes=made)
    assert first(bundle) == "second-tunnel-not-configured"
    assert verdict(bundle, "recent-modification") == "ruled_out"


REFUSED = 'No Proposal Match Found. Notifying with "No proposal chosen"'


def test_what_is_refused_since_a_change_of_it_is_that_change() -> None:
    change = [call("ModifyVpnTunnelOptions", BEGIN, IKEVersions=[{"Value": "ikev2"}])]
    assert first(evidence([activity(REFUSED)], connection(), changes=change)) == (
        "ike-version-mismatch"
    )
    change = [call("ModifyVpnTunnelOptions", BEGIN, Phase1EncryptionAlgorithms=[])]
    assert first(evidence([activity(REFUSED)], connection(), changes=change)) == (
        "ike-proposal-mismatch"
    )
    quiet = evidence([activity()], connection(), changes=change)
    assert first(quiet) == "recent-modification"
