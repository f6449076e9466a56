"""What is not simulated here is answered by moto, for the same accounts and Regions."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from bothup.sim import parse_scenario

ONE, TWO = "111122223333", "444455556666"
SCENARIO = parse_scenario(
    f"""
    [[accounts]]
    id = "{ONE}"
    name = "One"
    [[accounts]]
    id = "{TWO}"
    name = "Two"
    policy = ["sns:List*", "logs:*"]
    """,
    "moto.toml",
)


def test_a_topic_is_in_its_account_and_region(client: Any) -> None:
    arn = client("sns", "eu-west-1").create_topic(Name="pages")["TopicArn"]
    assert arn == f"arn:aws:sns:eu-west-1:{ONE}:pages"
    assert client("sns", "eu-west-1").list_topics()["Topics"] == [{"TopicArn": arn}]
    assert client("sns", "eu-central-1").list_topics()["Topics"] == []
    assert client("sns", "eu-west-1", account=TWO).list_topics()["Topics"] == []


def test_policies_hold_there_too(client: Any) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        client("sns", account=TWO).create_topic(Name="pages")


def test_logs(client: Any) -> None:
    logs = client("logs", account=TWO)
    logs.create_log_group(logGroupName="/aws/vendedlogs/vpn")
    [group] = logs.describe_log_groups()["logGroups"]
    assert group["arn"].startswith(f"arn:aws:logs:eu-central-1:{TWO}:log-group:")


def test_alarms(client: Any) -> None:
    cloudwatch = client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="tunnel",
        Namespace="AWS/VPN",
        MetricName="TunnelState",
        Dimensions=[{"Name": "TunnelIpAddress", "Value": "192.0.2.1"}],
        Statistic="Minimum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
    )
    [alarm] = cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["AlarmArn"] == f"arn:aws:cloudwatch:eu-central-1:{ONE}:alarm:tunnel"
