"""One small input of each accepted form, all of them with secrets that must never be seen."""

import gzip
import json
from typing import Any

import yaml
from read_records import Json, connection

# Every part is its own, so that YAML has no aliases to write.
CONNECTION: Json = json.loads(json.dumps(connection()))
ANSWER: Json = {"VpnConnections": [CONNECTION]}
ID = CONNECTION["VpnConnectionId"]


def pretty(value: object) -> bytes:
    """Write as the AWS CLI does."""
    return json.dumps(value, indent=4).encode() + b"\n"


def lines(*values: object) -> bytes:
    """Write JSON Lines."""
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def lower(value: Any) -> Any:
    """Write field names as AWS Config does, with a small first letter."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: lower(part) for key, part in value.items()}
    return [lower(part) for part in value] if isinstance(value, list) else value


CONFIGURATION = lower(CONNECTION)
ITEM: Json = {
    "version": "1.3",
    "accountId": "444455556666",
    "configurationItemCaptureTime": "2026-02-28T06:00:00.000Z",
    "configurationItemStatus": "OK",
    "arn": f"arn:aws:ec2:us-east-2:444455556666:vpn-connection/{ID}",
    "resourceType": "AWS::EC2::VPNConnection",
    "resourceId": ID,
    "awsRegion": "us-east-2",
    "tags": {"Name": "Zürich"},
    "configuration": CONFIGURATION,
}
# As the service's API gives it: the configuration is a text.
API_ITEM = ITEM | {"configuration": json.dumps(CONFIGURATION)}
INSTANCE = ITEM | {"resourceType": "AWS::EC2::Instance", "resourceId": "i-0123456789abcdef0"}
EVENT = {"configurationItem": ITEM, "messageType": "ConfigurationItemChangeNotification"}

FINDING: Json = {
    "id": f"bothup/EC2.20/111122223333/eu-west-1/{ID}",
    "control": "EC2.20",
    "title": "Both VPN tunnels should be up",
    "severity": "MEDIUM",
    "status": "PASSED",
    "account": "111122223333",
    "region": "eu-west-1",
    "resource": {
        "type": "AWS::EC2::VPNConnection",
        "id": ID,
        "arn": None,
        "name": None,
        "tags": {},
    },
    "redundancy": "REDUNDANT",
    "reasons": [{"code": "both-tunnels-up", "text": "both tunnels are UP", "tunnel": None}],
    "notices": [],
    "tunnels": [
        {
            "outside_ip": "198.51.100.1",
            "status": "UP",
            "last_status_change": "2026-02-01T08:32:20Z",
        },
        {"outside_ip": "203.0.113.9", "status": "UP", "accepted_routes": 3},
    ],
    "muted": None,
}
COVERAGE: Json = {
    "account": "111122223333",
    "region": "eu-west-1",
    "status": "read",
    "error_code": None,
    "message": None,
}
HEAD: Json = {
    "tool": {"name": "bothup", "version": "1"},
    "started_at": "2026-03-01T11:00:00Z",
    "scope": {},
}
SCAN: Json = {
    "schema": "bothup.scan/1",
    **HEAD,
    "finished_at": "2026-03-01T11:00:05Z",
    "coverage": [COVERAGE],
    "findings": [FINDING],
    "summary": {},
}
SCAN_LINES = [
    {"kind": "scan", "schema": "bothup.scan/1", **HEAD},
    {"kind": "coverage", **COVERAGE},
    {"kind": "finding", **FINDING},
    {"kind": "summary", "finished_at": "2026-03-01T11:00:05Z", "summary": {}},
]
EVIDENCE: Json = {
    "schema": "bothup.evidence/1",
    "collected_at": "2026-02-28T06:00:00Z",
    "account": "444455556666",
    "region": "us-east-2",
    "connection": CONNECTION,
}

# By name, inputs that all hold the one connection and nothing else.
DESCRIBED: dict[str, bytes] = {
    "the AWS CLI's JSON": pretty(ANSWER),
    "its YAML": yaml.safe_dump(ANSWER, sort_keys=False).encode(),
    "its YAML stream": yaml.safe_dump([ANSWER]).encode(),
    "a list": pretty([CONNECTION]),
    "one connection": pretty(CONNECTION),
    "a line": lines(CONNECTION),
    "a list of answers": pretty([ANSWER]),
    "the answer of a change": pretty({"VpnConnection": CONNECTION}),
    "with a byte order mark": b"\xef\xbb\xbf" + pretty(ANSWER),
    "UTF-16, little end first": json.dumps(ANSWER, ensure_ascii=False).encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + json.dumps(ANSWER).encode("utf-16-be"),
    "UTF-8 as it is": json.dumps(ANSWER, ensure_ascii=False).encode(),
    "gzip": gzip.compress(pretty(ANSWER), mtime=0),
    "carriage returns": pretty(ANSWER).replace(b"\n", b"\r\n"),
    "a configuration by itself": pretty(CONFIGURATION),
}
ITEMS: dict[str, bytes] = {
    "an item": pretty(ITEM),
    "an item of the API": pretty(API_ITEM),
    "a list of items": pretty([ITEM]),
    "a line": lines(API_ITEM),
    "a history": pretty({"configurationItems": [API_ITEM]}),
    "a snapshot file": gzip.compress(
        pretty({"fileVersion": "1.0", "configSnapshotId": "1", "configurationItems": [ITEM]}),
        mtime=0,
    ),
    "a batch": pretty({"baseConfigurationItems": [API_ITEM], "unprocessedResourceKeys": []}),
    "an advanced query": pretty({"Results": [json.dumps(ITEM)], "QueryInfo": {}}),
    "an event": pretty(EVENT),
    "a rule's event": pretty({"invokingEvent": json.dumps(EVENT), "ruleParameters": "{}"}),
    "EventBridge": pretty({"detail-type": "Config Configuration Item Change", "detail": EVENT}),
    "YAML": yaml.safe_dump({"configurationItems": [API_ITEM]}).encode(),
}
OWN: dict[str, bytes] = {
    "a scan": pretty(SCAN),
    "a scan in lines": lines(*SCAN_LINES),
    "an evidence bundle": pretty(EVIDENCE),
}
INPUTS = {
    f"{kind}: {name}": text
    for kind, inputs in (("described", DESCRIBED), ("item", ITEMS), ("own", OWN))
    for name, text in inputs.items()
}
