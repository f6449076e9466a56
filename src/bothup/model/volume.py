"""Volume: an EBS volume, as far as its encryption is concerned."""

import msgspec

from bothup.model.target import Target


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """`instances` are those that it is attached to, `encrypted` whether it is: None where AWS does
    not say.
    """

    id: str
    target: Target
    tags: dict[str, str] = {}
    state: str = ""
    encrypted: bool | None = None
    instances: tuple[str, ...] | None = None
