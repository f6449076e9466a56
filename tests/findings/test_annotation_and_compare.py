"""What is written onto AWS's own findings, and where they disagree with what is seen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from bothup.engine.why import with_causes
from bothup.findings.annotation import annotations
from bothup.findings.disagreement import disagreements
from bothup.model.connection import TunnelStatus
from bothup.model.diagnosis import CauseVerdict, Certainty, Diagnosis, TunnelDiagnosis
from bothup.model.finding import FoundCause, Reason, Resource, Status
from bothup.report.asff import security_finding
from tests.findings.samples import ACCOUNT, NOW, REGION, SINCE, finding

CAUSE = FoundCause(
    tunnel="192.0.2.1",
    id="psk-mismatch",
    title="The keys differ",
    verdict=Certainty.CONFIRMED,
    score=0.97,
)


def own(status: str = "FAILED", name: str = "vpn-1", **more: Any) -> dict[str, Any]:
    """AWS's own finding, as GetFindings tells it."""
    return {
        "Id": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/EC2.20/finding/{name}",
        "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
        "AwsAccountId": ACCOUNT,
        "Region": REGION,
        "UpdatedAt": (NOW - timedelta(hours=20)).isoformat(),
        "Compliance": {"Status": status, "SecurityControlId": "EC2.20"},
        "Resources": [{"Id": f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpn-connection/{name}"}],
        "Workflow": {"Status": "NEW"},
        **more,
    }


def written(found: Any, there: dict[str, Any]) -> dict[str, Any]:
    (only,) = annotations([found], [there])
    return only.params


def test_the_tunnel_the_time_and_the_cause_are_written() -> None:
    params = written(finding(causes=(CAUSE,)), own())
    assert params["FindingIdentifiers"] == [{"Id": own()["Id"], "ProductArn": own()["ProductArn"]}]
    assert params["UserDefinedFields"] == {
        "bothup-status": "FAILED",
        "bothup-redundancy": "DEGRADED",
        "bothup-tunnel": "192.0.2.1",
        "bothup-since": "2026-11-21T12:00:00Z",
        "bothup-cause": "psk-mismatch",
    }
    assert "192.0.2.1 is DOWN" in params["Note"]["Text"]
    assert "The keys differ (psk-mismatch, confirmed)" in params["Note"]["Text"]


def test_a_persons_note_and_fields_stay() -> None:
    there = own(
        Note={"Text": "ours", "UpdatedBy": "somebody"},
        UserDefinedFields={"ticket": "7", "bothup-cause": "unknown"},
    )
    params = written(finding(), there)
    assert "Note" not in params
    assert params["UserDefinedFields"]["ticket"] == "7"
    assert "bothup-cause" not in params["UserDefinedFields"]


def test_nothing_is_written_twice_nor_onto_what_is_well() -> None:
    params = written(finding(), own())
    again = own(Note=params["Note"], UserDefinedFields=params["UserDefinedFields"])
    assert list(annotations([finding()], [again])) == []
    passed = finding(status=Status.PASSED)
    assert list(annotations([passed], [own("PASSED")])) == []
    assert written(passed, own("FAILED"))["Note"]["Text"].startswith("Seen live: PASSED")


def test_a_note_is_no_longer_than_security_hub_takes() -> None:
    long = finding(reasons=(Reason(code="x", text="ü" * 400),) * 9)
    assert len(written(long, own())["Note"]["Text"]) == 512


def test_disagreements_tell_both_sides_and_their_ages() -> None:
    (only,) = disagreements([finding()], [own("PASSED")])
    assert (only.kind, only.live, only.held) == ("status", "FAILED", "PASSED")
    assert only.live_since == SINCE
    assert only.updated_at == NOW - timedelta(hours=20)
    assert only.product == "aws/securityhub"


def test_what_one_of_them_does_not_know_is_a_disagreement() -> None:
    found = list(disagreements([finding("vpn-1")], [own("FAILED", "vpn-2")]))
    assert [(each.kind, each.resource) for each in found] == [
        ("missing", "vpn-1"),
        ("gone", "vpn-2"),
    ]


def test_what_they_agree_on_is_not_listed() -> None:
    for status, word in (
        (Status.FAILED, "FAILED"),
        (Status.PASSED, "PASSED"),
        (Status.NOT_AVAILABLE, "WARNING"),
        (Status.NOT_APPLICABLE, "NOT_AVAILABLE"),
    ):
        assert list(disagreements([finding(status=status)], [own(word)])) == []
    assert list(disagreements([finding(status=Status.NOT_APPLICABLE)], [])) == []
    # Unknown is not green: that AWS says PASSED of what cannot be judged is told.
    (unknown,) = disagreements([finding(status=Status.NOT_AVAILABLE)], [own("PASSED")])
    assert unknown.live == "NOT_AVAILABLE"


def diagnosis(changed: datetime | None = SINCE) -> Diagnosis:
    causes = (
        CauseVerdict(id="psk-mismatch", title="Keys", verdict=Certainty.CONFIRMED, score=0.9),
        CauseVerdict(id="nat-t-blocked", title="NAT", verdict=Certainty.POSSIBLE, score=0.2),
    )
    down = TunnelDiagnosis(
        outside_ip="192.0.2.1",
        status=TunnelStatus.DOWN,
        last_status_change=changed,
        causes=causes,
    )
    return Diagnosis(connection="vpn-1", account=ACCOUNT, region=REGION, tunnels=(down,))


def test_causes_come_beside_the_finding_that_they_explain() -> None:
    (found,) = with_causes([finding()], [diagnosis()])
    assert [(each.tunnel, each.id) for each in found.causes or ()] == [
        ("192.0.2.1", "psk-mismatch")
    ]
    (other,) = with_causes([finding("vpn-2")], [diagnosis()])
    assert other == finding("vpn-2")


def test_a_cause_of_the_whole_connection_is_told_once() -> None:
    same, other = (
        CauseVerdict(id=name, title=name, verdict=Certainty.LIKELY, score=0.8)
        for name in ("psk-mismatch", "bgp-down")
    )
    whole = msgspec.structs.replace(diagnosis(), connection_causes=(same, other))
    (found,) = with_causes([finding()], [whole])
    assert [(each.tunnel, each.id) for each in found.causes or ()] == [
        ("192.0.2.1", "psk-mismatch"),
        (None, "bgp-down"),
    ]


def test_a_diagnosis_of_an_earlier_outage_explains_nothing() -> None:
    earlier = diagnosis(datetime(2026, 1, 1, tzinfo=UTC))
    (found,) = with_causes([finding()], [earlier])
    assert found.causes == ()
    whole = msgspec.structs.replace(
        earlier,
        connection_causes=(
            CauseVerdict(id="bgp-down", title="BGP", verdict=Certainty.LIKELY, score=0.8),
        ),
    )
    assert with_causes([finding()], [whole])[0].causes == ()


def test_an_account_is_named_as_security_hub_names_it() -> None:
    resource = Resource(type="AWS::::Account", id=ACCOUNT)
    account = finding(control="EC2.7", resource=resource, tunnels=())
    there = own("PASSED", Resources=[{"Id": f"AWS::::Account:{ACCOUNT}"}])
    there["Compliance"]["SecurityControlId"] = "EC2.7"
    (only,) = disagreements([account], [there])
    assert only.kind == "status"


def test_a_control_that_is_not_about_tunnels_being_up_tells_nothing_of_when_they_fell() -> None:
    logs = finding(control="EC2.171")
    there = own("PASSED")
    there["Compliance"]["SecurityControlId"] = "EC2.171"
    assert written(logs, there)["UserDefinedFields"].keys() == {
        "bothup-status",
        "bothup-redundancy",
    }
    assert "FirstObservedAt" not in security_finding(logs, NOW)
    (only,) = disagreements([logs], [there])
    assert only.live_since is None
