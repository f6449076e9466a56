"""ClientVpnEndpoint: a Client VPN endpoint, as far as its connection log is concerned."""

import msgspec

from bothup.model.target import Target


class ClientVpnEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint; `state` is AWS's status code ("available", "pending-associate", …).

    `log_enabled` is None where AWS does not say. `log_group` and `log_stream` are names.
    `policy_context` is whether the log tells which
    authorization policies were looked at, None where AWS does not say.
    """

    id: str
    target: Target
    state: str = ""
    log_enabled: bool | None = None
    log_group: str | None = None
    log_stream: str | None = None
    policy_context: bool | None = None
    tags: dict[str, str] = {}
