"""Vpc, and what there may be for it: flow logs and interface endpoints."""

import msgspec

from bothup.model.target import Target


class Vpc(msgspec.Struct, frozen=True, kw_only=True):
    """A VPC; `owner` is the account that it belongs to, which may have shared it."""

    id: str
    target: Target
    tags: dict[str, str] = {}
    owner: str | None = None
    default: bool = False


class FlowLog(msgspec.Struct, frozen=True, kw_only=True):
    """One flow log; `traffic` is ACCEPT, REJECT or ALL, `delivery` SUCCESS or FAILED."""

    id: str
    traffic: str = ""
    status: str = ""
    delivery: str = ""


class FlowLogs(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence: every flow log of a Target, by what it is on (a VPC, a subnet, an interface)."""

    of: dict[str, tuple[FlowLog, ...]] = {}


class VpcEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint; `service` as "com.amazonaws.eu-west-1.ec2", `state` is in lower case."""

    id: str
    service: str = ""
    state: str = ""


class VpcEndpoints(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence: the endpoints for EC2's own service in a Target, by VPC."""

    of: dict[str, tuple[VpcEndpoint, ...]] = {}
