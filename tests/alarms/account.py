"""The account that the tests of alarms are about, as its owner sees it through the SDK."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from bothup.sim.alarms.alarm import SimAlarm
from bothup.sim.server import SimServer
from bothup.sim.vpn import SimConnection
from tests.sim.sim_sdk import sdk_client

ACCOUNT, REGION = "111122223333", "eu-central-1"
HEAD = f"""
regions = ["{REGION}"]
[[accounts]]
id = "{ACCOUNT}"
name = "One"
connections = [{{name = "a", region = "{REGION}"}}, {{name = "b", region = "{REGION}"}}]
"""
_SHOWN = ("AlarmArn", "StateValue", "StateReason", "StateUpdatedTimestamp")
_TIMES = ("AlarmConfigurationUpdatedTimestamp", "StateTransitionedTimestamp")


class Account:
    """One account in one Region; `folder` is for files of the tests."""

    def __init__(self, sim: SimServer, folder: Path, account: str = ACCOUNT) -> None:
        self.sim, self.folder, self.id = sim, folder, account
        self.cloudwatch = sdk_client(sim, "cloudwatch", REGION, account=account)
        self.sns = sdk_client(sim, "sns", REGION, account=account)
        self._topics = 0

    def connection(self, name: str) -> SimConnection:
        place = self.sim.world.place(self.id, REGION).connections.values()
        return next(each for each in place if each.name == name)

    def tunnel(self, name: str, number: int = 0) -> str:
        return self.connection(name).tunnels[number].outside_ip

    def lost(self, name: str) -> str:
        """The name of bothup's alarm for a connection's loss."""
        return f"bothup/{self.connection(name).id}/lost"

    def degraded(self, name: str, number: int = 0) -> str:
        """The name of bothup's alarm for a tunnel."""
        return f"bothup/{self.connection(name).id}/degraded/{self.tunnel(name, number)}"

    def topic(self, *, heard: bool = True, **attributes: Any) -> str:
        """A new topic; encrypted, and heard by somebody, unless said otherwise."""
        self._topics += 1
        said = {"KmsMasterKeyId": "alias/ours", **attributes}
        said = {name: value if isinstance(value, str) else json.dumps(value)
                for name, value in said.items() if value is not None}  # fmt: skip
        arn: str = self.sns.create_topic(Name=f"t{self._topics}", Attributes=said)["TopicArn"]
        if heard:
            self.sns.subscribe(TopicArn=arn, Protocol="sms", Endpoint="+15550100")
        return arn

    def alarms(self) -> dict[str, dict[str, Any]]:
        """Every alarm as AWS shows it, by name."""
        told = self.cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        both = (*told["MetricAlarms"], *told["CompositeAlarms"])
        return {each["AlarmName"]: each for each in both}

    def configured(self) -> dict[str, str]:
        """What each alarm is, and when it was last put, to the byte."""
        return {
            name: json.dumps(
                {key: value for key, value in each.items() if not key.startswith("State")},
                default=str,
                sort_keys=True,
            )
            for name, each in self.alarms().items()
        }

    def put(self, name: str, **more: Any) -> None:
        """Put an alarm anew, with some of it changed; None takes a setting away."""
        known = self.alarms().get(name, {})
        said = {key: value for key, value in known.items() if key not in (*_SHOWN, *_TIMES)}
        said = {**said, "AlarmName": name, **more}
        self.cloudwatch.put_metric_alarm(**{k: v for k, v in said.items() if v is not None})

    def make(self, name: str, *, own: bool = False, **more: Any) -> None:
        """Make an alarm of somebody else's, or one that has bothup's tag."""
        tags = [{"Key": "managed-by", "Value": "bothup"}] if own else []
        self.cloudwatch.put_metric_alarm(
            **{
                "AlarmName": name,
                "Namespace": "AWS/VPN",
                "MetricName": "TunnelState",
                "Statistic": "Minimum",
                "Period": 60,
                "EvaluationPeriods": 3,
                "Threshold": 1.0,
                "ComparisonOperator": "LessThanThreshold",
                "TreatMissingData": "breaching",
                "Tags": tags,
                **more,
            }
        )

    def inside(self, name: str) -> SimAlarm:
        """An alarm as the simulation holds it, for what no call can do."""
        return self.sim.world.alarms.of(self.id, REGION)[name]

    def age(self, name: str, **ago: float) -> None:
        """Have an alarm been in INSUFFICIENT_DATA for so long."""
        alarm = self.inside(name)
        alarm.state, alarm.transitioned = "INSUFFICIENT_DATA", alarm.updated - timedelta(**ago)

    def of_vpn(self, name: str) -> list[dict[str, str]]:
        return [{"Name": "VpnId", "Value": self.connection(name).id}]

    def of_tunnel(self, name: str, number: int = 0) -> list[dict[str, str]]:
        return [{"Name": "TunnelIpAddress", "Value": self.tunnel(name, number)}]

    def writes(self) -> list[str]:
        """The calls since the last `clear` that changed something in CloudWatch."""
        reading = ("Describe", "List", "Get")
        return [
            each.operation.removeprefix("cloudwatch:")
            for each in self.sim.calls.all("cloudwatch:*")
            if not each.operation.removeprefix("cloudwatch:").startswith(reading)
        ]
