"""Items of DescribeVpcs, DescribeFlowLogs and DescribeVpcEndpoints."""

from functools import partial

from bothup.model.connection import Malformed
from bothup.model.resource_type import VPC
from bothup.model.target import Target
from bothup.model.vpc import FlowLog, Vpc, VpcEndpoint
from bothup.read.ec2.resource import readable, tags_of
from bothup.read.fields import Record, flag, text


def read_vpc(item: object, target: Target) -> Vpc | Malformed:
    """Read one item; never raises."""
    return readable(item, target, VPC, "VpcId", partial(_vpc, target))


def _vpc(target: Target, item: Record, name: str) -> Vpc:
    return Vpc(
        id=name,
        target=target,
        tags=tags_of(item),
        owner=text(item, "OwnerId") or None,
        default=flag(item, "IsDefault") or False,
    )


def read_flow_log(item: Record) -> tuple[str, FlowLog]:
    """Read one item, and what it is a log of; raises WrongField."""
    log = FlowLog(
        id=text(item, "FlowLogId") or "",
        traffic=(text(item, "TrafficType") or "").upper(),
        status=(text(item, "FlowLogStatus") or "").upper(),
        delivery=(text(item, "DeliverLogsStatus") or "").upper(),
    )
    return text(item, "ResourceId") or "", log


def read_vpc_endpoint(item: Record) -> tuple[str, VpcEndpoint]:
    """Read one item, and the VPC that it is in; raises WrongField."""
    endpoint = VpcEndpoint(
        id=text(item, "VpcEndpointId") or "",
        service=text(item, "ServiceName") or "",
        state=(text(item, "State") or "").lower(),
    )
    return text(item, "VpcId") or "", endpoint
