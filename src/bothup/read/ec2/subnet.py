"""An item of DescribeSubnets."""

from functools import partial

from bothup.model.connection import Malformed
from bothup.model.resource_type import SUBNET
from bothup.model.subnet import Subnet
from bothup.model.target import Target
from bothup.read.ec2.resource import readable, tags_of
from bothup.read.fields import Record, flag, text


def read_subnet(item: object, target: Target) -> Subnet | Malformed:
    """Read one item; never raises."""
    return readable(item, target, SUBNET, "SubnetId", partial(_subnet, target))


def _subnet(target: Target, item: Record, name: str) -> Subnet:
    return Subnet(
        id=name,
        target=target,
        tags=tags_of(item),
        owner=text(item, "OwnerId") or None,
        vpc=text(item, "VpcId") or None,
        public_ipv4=flag(item, "MapPublicIpOnLaunch"),
        ipv6=flag(item, "AssignIpv6AddressOnCreation"),
    )
