"""Instance: an EC2 instance, as far as controls look at it."""

from datetime import datetime

import msgspec

from bothup.model.target import Target

# States in which an instance is gone for good (EC2 user guide, "Instance lifecycle").
GONE = frozenset({"shutting-down", "terminated"})


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """`state` is AWS's word ("running", "stopped", …), "" if absent.

    `stopped_at` is the time in its StateTransitionReason. `http_tokens` and `http_endpoint` are its
    metadata options ("required", "optional"; "enabled", "disabled"), None where AWS does not say.
    `public_ips` are IPv4 addresses, on any of its network interfaces; None where AWS tells neither
    one nor the interfaces.
    """

    id: str
    target: Target
    observed_at: datetime
    tags: dict[str, str] = {}
    state: str = ""
    launched_at: datetime | None = None
    stopped_at: datetime | None = None
    http_tokens: str | None = None
    http_endpoint: str | None = None
    public_ips: tuple[str, ...] | None = None
