"""Which file here collects which kind of evidence; it is imported when it is first asked for.

Such a file has PERMISSIONS, and `pages`, which yields the evidence of a Target as it comes in.
"""

import functools
import importlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from bothup.aws.collect.vpn_connections import Call
from bothup.model.target import Target

# By the names of the types: a scan imports the models of what it reads, and no others.
_FILES = {
    "VpnConnection": "vpn_connections",
    "ClientVpnEndpoint": "client_vpn_endpoints",
    "EbsDefaultEncryption": "ebs_encryption",
    "FlowLogs": "flow_logs",
    "Instance": "instances",
    "PublicSnapshots": "public_snapshots",
    "SecurityGroup": "security_groups",
    "Subnet": "subnets",
    "Volume": "volumes",
    "Vpc": "vpcs",
    "VpcEndpoints": "vpc_endpoints",
}


class Collector(Protocol):
    """A file that collects one kind of evidence."""

    PERMISSIONS: tuple[str, ...]

    def pages(self, call: Call, target: Target, /) -> AsyncIterator[Sequence[Any]]:
        """Yield evidence as it comes in; raises AwsError or WrongField."""
        ...


def collected(kind: type) -> bool:
    """Whether AWS is asked for this kind; other evidence is made of what was read."""
    return kind.__name__ in _FILES


@functools.cache
def collector(kind: type) -> Collector:
    """Give the file that collects a kind of evidence."""
    found: Any = importlib.import_module(module_of(kind))
    made: Collector = found
    return made


def module_of(kind: type) -> str:
    """Name the module that collects a kind of evidence; raises KeyError for what none does."""
    return f"bothup.aws.collect.{_FILES[kind.__name__]}"
