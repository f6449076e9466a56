"""Subnet: as far as the addresses that it assigns are concerned."""

import msgspec

from bothup.model.target import Target


class Subnet(msgspec.Struct, frozen=True, kw_only=True):
    """`owner` is the account of its VPC, which may have shared it.

    The flags say what is assigned at launch; None where AWS does not say.
    """

    id: str
    target: Target
    tags: dict[str, str] = {}
    owner: str | None = None
    vpc: str | None = None
    public_ipv4: bool | None = None
    ipv6: bool | None = None
