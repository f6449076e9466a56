"""The events that AWS Config sends, as far as the rule reads them."""

import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from bothup.deploy.config_event import Trigger, read_event
from bothup.errors import UsageError
from tests.deploy.events import changed, periodic


def test_a_periodic_event() -> None:
    event = read_event(periodic())
    assert (event.trigger, event.control, event.test) == (Trigger.PERIODIC, "EC2.20", False)
    assert event.at.isoformat() == "2026-11-24T12:00:00+00:00"
    assert read_event(periodic(token="TESTMODE")).test
    assert read_event(periodic(control="EC2.4", AllowedDays="60")).parameters == {"AllowedDays": 60}


def test_the_rule_in_the_docs_is_one_that_aws_config_takes() -> None:
    text = (Path(__file__).parents[2] / "docs/findings.md").read_text("utf-8")
    (block,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    rule = json.loads(block)
    model = botocore.session.Session().get_service_model("config")
    report = ParamValidator().validate(rule, model.shape_for("ConfigRule"))
    assert not report.has_errors(), report.generate_report()
    kinds = {each["MessageType"] for each in rule["Source"]["SourceDetails"]}
    assert kinds <= set(model.shape_for("MessageType").enum)
    assert read_event(periodic() | {"ruleParameters": rule["InputParameters"]}).control == "EC2.20"


@pytest.mark.parametrize("oversized", [False, True])
def test_a_change_is_ordered_by_when_it_was_captured(*, oversized: bool) -> None:
    event = read_event(changed("vpn-1", oversized=oversized))
    assert event.at.isoformat() == "2026-11-24T11:58:00+00:00"
    assert event.resource
    assert (event.resource.id, event.resource.gone) == ("vpn-1", False)


@pytest.mark.parametrize(
    "how", [{"status": "ResourceDeleted"}, {"status": "ResourceNotRecorded"}, {"left": True}]
)
def test_a_resource_that_is_deleted_or_has_left_is_gone(how: dict[str, Any]) -> None:
    event = read_event(changed("vpn-1", **how))
    assert event.resource
    assert event.resource.gone


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"invokingEvent": "["}, "invokingEvent"),
        ({"invokingEvent": '{"messageType": "Other"}'}, "'Other'"),
        ({"invokingEvent": '{"messageType": "ScheduledNotification"}'}, "no time"),
        ({"resultToken": None}, "resultToken"),
        ({"ruleParameters": "[]"}, "ruleParameters"),
    ],
)
def test_what_is_no_such_event_is_refused_in_words(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read_event(periodic() | wrong)
