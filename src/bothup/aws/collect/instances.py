"""The EC2 instances of a Target, page by page; they stand in reservations."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bothup.aws.collect._pages import pages as described
from bothup.aws.collect.vpn_connections import Call
from bothup.model.connection import Malformed
from bothup.model.instance import Instance
from bothup.model.target import Target
from bothup.read.ec2.instance import read_instance

PERMISSIONS = ("ec2:DescribeInstances",)

_PAGE = 500


async def pages(call: Call, target: Target) -> AsyncIterator[Sequence[Instance | Malformed]]:
    """Yield them page by page; raises AwsError where AWS gives no answer."""
    async for items in described(call, "DescribeInstances", "Reservations", {"MaxResults": _PAGE}):
        now = datetime.now(UTC)
        yield [read_instance(each, target, now) for item in items for each in _instances(item)]


def _instances(reservation: Any) -> Iterator[Any]:
    """A reservation that is none is yielded as it is: it may have held any number of instances."""
    listed = reservation.get("Instances") if isinstance(reservation, dict) else None
    if isinstance(listed, list):
        yield from listed
    else:
        yield reservation
