"""The VPC logs the traffic that it rejects

## What it does
Creates a flow log of rejected traffic for the VPC, which AWS writes to a bucket.

## When
On every VPC that Security Hub control EC2.6 fails, where `--flow-log-bucket` names the bucket. Flow
logs that are there stay. It is planned only by name (`--only`).

## Risk
None for the traffic. Logs and the bucket are charged for; the bucket's policy has to let the log
delivery service of AWS write.

## How to undo
`bothup undo PLAN` deletes the flow log. What was written to the bucket stays.
"""

from collections.abc import Iterator

from bothup.model.plan import Action
from bothup.model.remedy import Change, FlowLogWish, Refusal, Remedy
from bothup.model.verdicts import of_another
from bothup.model.vpc import FlowLogs, Vpc

REMEDY = Remedy(id="vpc-flow-logs", controls=("EC2.6",), when_asked=True)


def propose(vpc: Vpc, flow_logs: FlowLogs, wish: FlowLogWish) -> Iterator[Change | Refusal]:
    """Propose a flow log of rejected traffic."""
    if of_another(vpc.owner, vpc.target):
        return
    logs = flow_logs.of.get(vpc.id, ())
    if any(log.traffic in ("REJECT", "ALL") and log.status == "ACTIVE" for log in logs):
        return
    if wish.bucket is None:
        yield Refusal(reason="--flow-log-bucket says where flow logs shall go")
        return
    log = {
        "TrafficType": "REJECT",
        "LogDestinationType": "s3",
        "LogDestination": wish.bucket,
    }
    yield Change(
        action=Action.CREATE_FLOW_LOGS,
        resource=vpc.id,
        why="rejected traffic is not logged",
        before={"FlowLogs": []},
        after={"FlowLogs": [log]},
        assumes=("the bucket lets AWS deliver logs",),
    )
