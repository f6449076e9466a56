"""VPC flow logging should be enabled in all VPCs

## What it checks
The control fails for a VPC without an active flow log of its own for rejected traffic: one whose
traffic type is REJECT or ALL. Flow logs of its subnets or interfaces do not count, and one for
accepted traffic alone does not either. A VPC that another account shares is judged there.

## Why it matters
Rejected traffic is what somebody tries and is not let do: scans, a misconfigured peer, a machine
that calls home. Without the log nobody can look back, and a security group that is too tight
cannot be told from a network that is broken.

## How to fix it
Write it to a bucket, which needs no role, or to a log group:
`aws ec2 create-flow-logs --resource-type VPC --resource-ids VPC_ID --traffic-type REJECT
--log-destination-type s3 --log-destination arn:aws:s3:::BUCKET/PREFIX`
`bothup plan --only EC2.6 --flow-log-bucket BUCKET_ARN` plans it where there is none.

## When it is a false positive
A VPC that nothing runs in has no traffic to log: delete it, the default VPC too, if nobody needs
it. Flow logs of all of its subnets together show the same; AWS fails it all the same.
"""

from collections.abc import Iterator

from bothup.model.control import Control
from bothup.model.finding import Reason, Severity, Verdict
from bothup.model.fixing import command
from bothup.model.verdicts import failed, of_another, passed
from bothup.model.vpc import FlowLogs, Vpc

CONTROL = Control(
    id="EC2.6",
    severity=Severity.MEDIUM,
    resource="AWS::EC2::VPC",
    config_rule="vpc-flow-logs-enabled",
    config_lag="up to 24 hours",
    groups=("path",),
)

_ENOUGH = frozenset({"REJECT", "ALL"})
_ACTIVE, _UNDELIVERED = "ACTIVE", "FAILED"


def judge(vpc: Vpc, flow_logs: FlowLogs) -> Verdict:
    """Judge whether a VPC logs what it rejects."""
    if elsewhere := of_another(vpc.owner, vpc.target):
        return elsewhere
    logs = flow_logs.of.get(vpc.id, ())
    enough = [log for log in logs if log.traffic in _ENOUGH and log.status == _ACTIVE]
    if enough:
        notices = tuple(
            Reason(code="delivery-failed", text=f"{log.id} cannot deliver what it logs")
            for log in enough
            if log.delivery == _UNDELIVERED
        )
        return passed("flow-log", f"{enough[0].id} logs {enough[0].traffic}", notices=notices)
    if not logs:
        return failed("no-flow-log", "the VPC has no flow log")
    kinds = ", ".join(f"{log.id} ({log.traffic}, {log.status})" for log in logs)
    return failed("no-log-of-rejects", f"no active flow log of rejected traffic: {kinds}")


def fix(vpc: Vpc, flow_logs: FlowLogs) -> Iterator[str]:
    """Yield the command that logs what is rejected to a bucket."""
    if broken := flow_logs.of.get(vpc.id):
        yield f"# there already, and not enough: {', '.join(log.id for log in broken)}"
    yield ': "${FLOW_LOG_BUCKET_ARN:?the ARN of the bucket for flow logs}"'
    made = command(
        vpc.target,
        "CreateFlowLogs",
        ResourceType="VPC",
        ResourceIds=[vpc.id],
        TrafficType="REJECT",
        LogDestinationType="s3",
    )
    yield f'{made} --log-destination "$FLOW_LOG_BUCKET_ARN"'
