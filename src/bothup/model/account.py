"""What holds for a whole account in a Region: its public snapshots, its default encryption."""

import msgspec

from bothup.model.target import Target


class PublicSnapshots(msgspec.Struct, frozen=True, kw_only=True):
    """The account's EBS snapshots that everybody may restore, by id.

    `unread` are those that may be public, and of which that could not be found out.
    """

    id: str
    target: Target
    tags: dict[str, str] = {}
    public: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class EbsDefaultEncryption(msgspec.Struct, frozen=True, kw_only=True):
    """Whether new EBS volumes and snapshots are encrypted; None where AWS does not say."""

    id: str
    target: Target
    tags: dict[str, str] = {}
    enabled: bool | None = None
