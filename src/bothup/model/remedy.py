"""Remedy: what would cure or harden something, said of one tunnel or endpoint at a time.

A remedy is given evidence and proposes; it never fetches and never changes anything.
"""

import msgspec

from bothup.model.bundle import ActiveStatus, CustomerGateway, Replacement
from bothup.model.plan import Action
from bothup.model.tunnel_settings import Settings


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """What a remedy's source file states about it, beside its docstring.

    `id` is stable ("startup-start"). `controls` are the Security Hub controls that it cures.
    `when_asked` is a remedy for what is no part of a VPN connection: it is planned only by name.
    """

    id: str
    controls: tuple[str, ...] = ()
    when_asked: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change of one resource other than a tunnel: exactly what the settings name.

    `before` is what is there now and `after` what would be; the names are the action's own
    (`bothup.model.resource_calls`). `assumes` are preconditions that no evidence proves.
    """

    action: Action
    resource: str
    why: str
    before: Settings
    after: Settings
    assumes: tuple[str, ...] = ()


class FlowLogWish(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence: the ARN of the bucket, with a prefix if need be, that flow logs shall go to."""

    bucket: str | None = None


class LogGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A CloudWatch log group that must be there; `retention` is days, None for ever.

    `stream` is a log stream that must be there too, None where AWS makes its own.
    """

    name: str
    retention: int | None = None
    kms_key: str | None = None
    stream: str | None = None


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A change that would do good.

    `settings` are what the tunnel, or the endpoint, would have; nothing else is touched. `replace`
    asks for a new endpoint without any. `in_place` says that the change alone needs no new
    endpoint. `assumes` are preconditions that no evidence proves or rules out.
    """

    why: str
    settings: Settings = {}
    replace: bool = False
    in_place: bool = False
    log_groups: tuple[LogGroup, ...] = ()
    assumes: tuple[str, ...] = ()


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A change that would do good and is not safe to make, with what to do on the device first.

    `unread` is one of which it is not even known whether it would: what would tell was not read.
    """

    reason: str
    do_on_device: tuple[str, ...] = ()
    unread: bool = False


class Gateway(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence: the customer gateway resource, or why it could not be read."""

    found: CustomerGateway | None = None
    problem: str = ""


class Negotiated(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence: what the tunnel and its sibling have negotiated, or why that could not be read."""

    here: ActiveStatus | None = None
    sibling: ActiveStatus | None = None
    problem: str = ""


class Maintenance(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence: maintenance that waits for the tunnel, and whether a window for it was named."""

    replacement: Replacement | None = None
    windowed: bool = False
    problem: str = ""


class Nat(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence: whether the device is behind NAT, and has an IKE identity; None is not known."""

    behind: bool | None = None
    identity: bool | None = None


class LogWish(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence: where logs shall go, `tunnels` for Site-to-Site and `clients` for Client VPN.

    `arn` is that of the log group `tunnels`.
    """

    tunnels: LogGroup
    clients: LogGroup
    arn: str
