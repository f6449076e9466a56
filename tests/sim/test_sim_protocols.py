"""Services that speak several protocols, and calls that lack what they must have."""

import http.client
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from evidence_world import named
from raw_aws import PATIENCE, post, signed_headers

from bothup.sim import SimServer

SCENARIO = "causes"


def test_cloudwatch_in_the_query_protocol(sim: SimServer) -> None:
    one = named(sim, "kiel")
    body = urlencode(
        {
            "Action": "GetMetricStatistics",
            "Version": "2010-08-01",
            "Namespace": "AWS/VPN",
            "MetricName": "TunnelState",
            "Dimensions.member.1.Name": "VpnId",
            "Dimensions.member.1.Value": one.id,
            "StartTime": "2026-01-01T00:00:00Z",
            "EndTime": "2026-01-02T00:00:00Z",
            "Period": "3600",
            "Statistics.member.1": "Maximum",
        }
    ).encode()
    headers = signed_headers(sim.url, sim.env(), body, service="monitoring")
    status, _, answer = post(sim.url, headers, body)
    assert status == 200
    assert b"<Label>TunnelState</Label>" in answer


def ask(
    sim: SimServer, service: str, target: str, params: Any, **more: str
) -> tuple[int, dict[str, Any]]:
    body = json.dumps(params).encode()
    headers = signed_headers(
        sim.url, sim.env(), body, service=service, content_type="application/x-amz-json-1.1"
    )
    headers |= {"X-Amz-Target": target, **more}
    connection = http.client.HTTPConnection(urlsplit(sim.url).netloc, timeout=PATIENCE)
    try:
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_what_a_call_must_have(sim: SimServer) -> None:
    target = "GraniteServiceVersion20100801.GetMetricData"
    status, told = ask(sim, "monitoring", target, {"StartTime": 0, "EndTime": 1})
    assert (status, told["__type"]) == (400, "ValidationException")
    assert "MetricDataQueries" in told["message"]
    query = {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "AWS/VPN"}, "Stat": "Sum"}}
    status, told = ask(
        sim,
        "monitoring",
        target,
        {"StartTime": 0, "EndTime": 1, "MetricDataQueries": [query]},
    )
    assert (status, told["message"]) == (400, "The request must contain the parameter Period")


def test_a_protocol_that_is_not_simulated_is_refused(sim: SimServer) -> None:
    status, told = ask(
        sim, "health", "AWSHealth_20160804.DescribeEvents", {}, **{"smithy-protocol": "x"}
    )
    assert status == 400
    assert "not simulated" in told["message"]
