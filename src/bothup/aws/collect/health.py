"""What AWS Health tells of the connection: endpoints replaced, tunnels long down.

The API is there for accounts with a support plan that includes it; the others get the same events
over EventBridge only (AWS Health User Guide).
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from bothup.aws.collect._command import command
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Absent, Document, Subject, Wanted, listed
from bothup.errors import AwsError
from bothup.model.diagnosis import EvidenceKind

PERMISSIONS = ("health:DescribeEvents",)

_OPERATION, _MOST = "DescribeEvents", 100
_NO_PLAN = "SubscriptionRequiredException"


def wanted(subject: Subject) -> Iterator[Wanted]:
    """Want the events that name the connection, from the first time that is looked at."""
    changes = [tunnel.last_status_change for tunnel in subject.connection.tunnels]
    span = subject.incident.whole(changes)
    params = {
        "filter": {
            "services": ["VPN"],
            "entityValues": [subject.connection.id],
            "startTimes": [{"from": span.start, "to": span.end}],
        },
        "maxResults": _MOST,
    }
    yield Wanted(
        kind=EvidenceKind.HEALTH,
        what="AWS Health events",
        command=command("health", _OPERATION, "us-east-1", params),
        fetch=partial(_fetch, params),
    )


async def _fetch(params: dict[str, Any], call: Call) -> Document:
    try:
        answer = await call("health", _OPERATION, params)
    except AwsError as error:
        if error.code == _NO_PLAN:
            plan = "the account's support plan has no AWS Health API (EventBridge has the events)"
            raise Absent(plan) from None
        raise
    return {"health": [dict(each) for each in listed(answer, "events")]}
