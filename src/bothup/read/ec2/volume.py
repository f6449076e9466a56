"""An item of DescribeVolumes."""

from functools import partial

from bothup.model.connection import Malformed
from bothup.model.resource_type import VOLUME
from bothup.model.target import Target
from bothup.model.volume import Volume
from bothup.read.ec2.resource import readable, tags_of
from bothup.read.fields import Record, each, flag, text

# What is being attached counts as attached; what is being detached as well, until it is not.
_APART = frozenset({"detached"})


def read_volume(item: object, target: Target) -> Volume | Malformed:
    """Read one item; never raises."""
    return readable(item, target, VOLUME, "VolumeId", partial(_volume, target))


def _volume(target: Target, item: Record, name: str) -> Volume:
    told = item.get("Attachments") is not None
    attachments = each(item, "Attachments", _attachment)
    attached = tuple(instance for instance, state in attachments if state not in _APART)
    return Volume(
        id=name,
        target=target,
        tags=tags_of(item),
        state=(text(item, "State") or "").lower(),
        encrypted=flag(item, "Encrypted"),
        instances=attached if told else None,
    )


def _attachment(item: Record) -> tuple[str, str]:
    return text(item, "InstanceId") or "", (text(item, "State") or "").lower()
