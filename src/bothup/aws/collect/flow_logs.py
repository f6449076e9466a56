"""The flow logs of a Target, all of them, by what they are on."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence

from bothup.aws.collect._pages import pages as described
from bothup.aws.collect.vpn_connections import Call
from bothup.model.target import Target
from bothup.model.vpc import FlowLog, FlowLogs
from bothup.read.ec2.vpc import read_flow_log
from bothup.read.evidence_parts import records

PERMISSIONS = ("ec2:DescribeFlowLogs",)

_PAGE = 1000


async def pages(call: Call, target: Target) -> AsyncIterator[Sequence[FlowLogs]]:  # noqa: ARG001
    """Yield the one piece of evidence.

    Raises AwsError where AWS gives no answer, WrongField for an answer that makes no sense.
    """
    found: defaultdict[str, list[FlowLog]] = defaultdict(list)
    async for items in described(call, "DescribeFlowLogs", "FlowLogs", {"MaxResults": _PAGE}):
        for item in records(items, "FlowLogs"):
            resource, log = read_flow_log(item)
            found[resource].append(log)
    yield [FlowLogs(of={resource: tuple(logs) for resource, logs in found.items()})]
