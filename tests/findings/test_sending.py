"""What a Target is to send, given what its Security Hub holds."""

import random
from datetime import timedelta
from typing import Any

import botocore.session
import msgspec
from botocore.validate import ParamValidator

from bothup.aws.change.import_findings import MOST, MOST_BYTES, batches
from bothup.findings.sending import Sending, sending
from bothup.model.finding import Status
from bothup.report.asff import unread_finding
from tests.findings.samples import DENIED, NOW, READ, finding, held

SHAPE = botocore.session.Session().get_service_model("securityhub").shape_for("AwsSecurityFinding")
CONTROLS = ["EC2.20"]


def made(found: Any = (), covered: Any = READ, there: Any = (), *, archive: bool = True) -> Sending:
    done = sending(found, covered, there, CONTROLS, NOW, archive=archive)
    for each in done.findings:
        report = ParamValidator().validate(each, SHAPE)
        assert not report.has_errors(), report.generate_report()
        assert "Workflow" not in each
        assert "ProcessedAt" not in each
    return done


def test_a_finding_that_is_there_keeps_its_created_at_and_moves_on() -> None:
    before = held()
    done = made([finding()], there=[before])
    (sent,) = done.findings
    assert (done.new, done.updated) == (0, 1)
    assert sent["Id"] == before["Id"]
    assert sent["CreatedAt"] == before["CreatedAt"]
    assert sent["UpdatedAt"] > before["UpdatedAt"]


def test_updates_move_forward_even_where_clocks_differ() -> None:
    later = (NOW + timedelta(hours=2)).isoformat()
    (sent,) = made([finding()], there=[held(UpdatedAt=later)]).findings
    assert sent["UpdatedAt"] == "2026-11-24T14:00:00.001Z"
    (sent,) = made([finding()], there=[held(UpdatedAt="yesterday")]).findings
    assert sent["UpdatedAt"] == "2026-11-24T12:00:00.001Z"


def test_a_failure_that_goes_on_was_first_observed_when_it_first_was() -> None:
    first = "2026-10-01T00:00:00.000Z"
    (still,) = made([finding()], there=[held(FirstObservedAt=first)]).findings
    assert still["FirstObservedAt"] == first
    passed = held(status=Status.PASSED, FirstObservedAt=first)
    (anew,) = made([finding()], there=[passed]).findings
    assert anew["FirstObservedAt"] == "2026-11-21T12:00:00.000Z"


def test_what_is_gone_is_archived_once() -> None:
    gone, archived = held("vpn-2"), held("vpn-3", RecordState="ARCHIVED")
    done = made([finding()], there=[held(), gone, archived])
    assert (done.updated, done.archived) == (1, 1)
    states = {each["Id"]: each["RecordState"] for each in done.findings}
    assert states == {held()["Id"]: "ACTIVE", gone["Id"]: "ARCHIVED"}


def test_a_list_of_connections_archives_nothing() -> None:
    assert made([finding()], there=[held("vpn-2")], archive=False).archived == 0


def test_findings_of_other_controls_and_products_are_left_alone() -> None:
    other = held("vpn-2", GeneratorId="bothup/EC2.171")
    assert made(there=[other, held("vpn-3", GeneratorId="mine")]).findings == ()


def test_what_could_not_be_read_is_not_available_and_not_archived() -> None:
    passed = held(status=Status.PASSED)
    done = made(covered=DENIED, there=[passed])
    assert (done.new, done.unknown, done.archived) == (1, 1, 0)
    statuses = {each["Id"]: each["Compliance"]["Status"] for each in done.findings}
    assert statuses == {
        passed["Id"]: "NOT_AVAILABLE",
        "bothup/coverage/111122223333/eu-west-1": "NOT_AVAILABLE",
    }
    assert all(each["RecordState"] == "ACTIVE" for each in done.findings)


def test_controls_that_could_not_be_judged_cost_their_own_findings() -> None:
    partly = msgspec.structs.replace(DENIED, controls=("EC2.51",))
    clients = held("cvpn-1", GeneratorId="bothup/EC2.51")
    done = sending([], partly, [held("vpn-2"), clients], ["EC2.20", "EC2.51"], NOW, archive=True)
    told = {
        each["Id"]: (each["Compliance"]["Status"], each["RecordState"]) for each in done.findings
    }
    assert told[clients["Id"]] == ("NOT_AVAILABLE", "ACTIVE")
    assert told[held("vpn-2")["Id"]] == ("FAILED", "ARCHIVED")
    assert (done.unknown, done.archived) == (1, 1)


def test_a_gap_that_has_closed_is_archived() -> None:
    gap = unread_finding(DENIED, NOW - timedelta(days=1))
    done = made([finding()], there=[gap])
    assert {each["Id"]: each["RecordState"] for each in done.findings} == {
        gap["Id"]: "ARCHIVED",
        finding().id: "ACTIVE",
    }


def test_a_deleted_connection_is_archived_and_never_made() -> None:
    deleted = finding(status=Status.NOT_APPLICABLE)
    assert made([deleted]).findings == ()
    (sent,) = made([deleted], there=[held()]).findings
    assert sent["RecordState"] == "ARCHIVED"
    assert made([deleted], there=[held(RecordState="ARCHIVED")]).findings == ()


def test_a_connection_that_comes_back_is_active_again() -> None:
    (sent,) = made([finding()], there=[held(RecordState="ARCHIVED")]).findings
    assert sent["RecordState"] == "ACTIVE"


def test_batches_hold_all_and_not_too_much() -> None:
    chance = random.Random(20)
    sizes = [chance.choice((10, 3000, 90_000, MOST_BYTES - 60)) for _ in range(700)]
    findings = [{"Id": str(n), "Title": "ü" * (size // 2)} for n, size in enumerate(sizes)]
    found = list(batches(findings))
    assert [each for batch in found for each in batch] == findings
    assert max(map(len, batches({"Id": str(n)} for n in range(1000)))) == MOST
    for batch in found:
        held_bytes = sum(len(each["Title"].encode()) for each in batch)
        assert len(batch) <= MOST
        assert held_bytes <= MOST_BYTES or len(batch) == 1
    assert list(batches([])) == []
