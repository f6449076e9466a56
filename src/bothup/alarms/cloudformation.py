"""CloudFormation: the alarms that are wanted, one template for all accounts and Regions.

Each alarm has a condition that holds in its own account and Region only, so that the template can
be deployed everywhere by a StackSet.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from bothup.alarms.cost import cost_line
from bothup.alarms.plan import Made
from bothup.alarms.want import Wanted
from bothup.model.target import Target
from bothup.report._look import Look


def render(made: Made, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield the template as JSON."""
    targets = sorted({each.target for each in made.wanted})
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Alarms for Site-to-Site VPN tunnels, by bothup",
        "Metadata": {"Cost": cost_line(made.wanted)},
        "Conditions": {_id("In", each.account, each.region): _condition(each) for each in targets},
        "Resources": {_id("Alarm", each.target.region, each.name): _alarm(each)
                      for each in made.wanted},
    }  # fmt: skip
    yield json.dumps(template, indent=2, ensure_ascii=False)
    yield "\n"


def _condition(target: Target) -> dict[str, Any]:
    return {
        "Fn::And": [
            {"Fn::Equals": [{"Ref": "AWS::AccountId"}, target.account]},
            {"Fn::Equals": [{"Ref": "AWS::Region"}, target.region]},
        ]
    }


def _alarm(wanted: Wanted) -> dict[str, Any]:
    kind = "CompositeAlarm" if wanted.composite else "Alarm"
    found: dict[str, Any] = {
        "Type": f"AWS::CloudWatch::{kind}",
        "Condition": _id("In", wanted.target.account, wanted.target.region),
        "Properties": {
            "AlarmName": wanted.name,
            **wanted.settings,
            "Tags": [{"Key": "managed-by", "Value": "cloudformation"}],
        },
    }
    if wanted.composite:
        lost = wanted.settings["ActionsSuppressor"].rpartition(":alarm:")[2]
        region = wanted.target.region
        needed = [name for name in (*wanted.needs, lost) if name.startswith("bothup/")]
        found["DependsOn"] = [_id("Alarm", region, name) for name in needed]
    return found


def _id(*parts: str | None) -> str:
    """Make a logical id: letters and digits only."""
    words = re.split(r"[^A-Za-z0-9]+", " ".join(part or "" for part in parts))
    return "".join(word[:1].upper() + word[1:] for word in words)
