"""CreateFlowLogs for a VPC, to a bucket; AWS writes there by the bucket's own policy."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, ec2_arn
from bothup.aws.collect.vpn_connections import Call
from bothup.model.call import Call as Made
from bothup.model.plan import Action, Step
from bothup.model.tunnel_settings import Settings
from bothup.read.fields import Record, each, text

ACTION = Action.CREATE_FLOW_LOGS


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step, and its way back, must be allowed.

    Delivery to a bucket is set up with the caller's permissions (VPC user guide, "Publish flow logs
    to Amazon S3").
    """
    yield Need("ReadFlowLogs", ("ec2:DescribeFlowLogs",))
    of_vpc, of_logs = ec2_arn(step, f"vpc/{step.resource}"), ec2_arn(step, "vpc-flow-log/*")
    yield Need("CreateFlowLogs", ("ec2:CreateFlowLogs",), of_vpc)
    yield Need("CreateFlowLogs", ("ec2:CreateFlowLogs",), of_logs)
    yield Need("DeleteFlowLogs", ("ec2:DeleteFlowLogs",), of_logs)
    delivery = ("logs:CreateLogDelivery", "logs:DeleteLogDelivery")
    yield Need("DeliverFlowLogs", delivery)


async def current(call: Call, step: Step) -> Settings:
    """Say which of the flow logs that the step names are there; raises AwsError or WrongField."""
    there = [_settings(each_log) for each_log in await _logs(call, step)]
    named = step.before["FlowLogs"] or step.after["FlowLogs"]
    return {"FlowLogs": [log for log in named if log in there]}


async def deletions(call: Call, step: Step) -> tuple[Made, ...]:
    """Give the call that deletes what the step names, by its ids; none for any other step."""
    if step.action is not Action.DELETE_FLOW_LOGS:
        return ()
    found = await _logs(call, step)
    ids = [text(log, "FlowLogId") for log in found if _settings(log) in step.before["FlowLogs"]]
    params = {"FlowLogIds": ids}
    return (Made(target=step.target, service="ec2", operation="DeleteFlowLogs", params=params),)


async def _logs(call: Call, step: Step) -> list[Record]:
    params = {"Filter": [{"Name": "resource-id", "Values": [step.resource]}]}
    found: list[Record] = each(await call("ec2", "DescribeFlowLogs", params), "FlowLogs", dict)
    return found


def _settings(log: Record) -> Settings:
    names = ("TrafficType", "LogDestinationType", "LogDestination")
    return {name: text(log, name) for name in names}
