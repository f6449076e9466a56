"""Pending maintenance is applied now (ReplaceVpnTunnel)

## What it does
Has AWS replace the tunnel's endpoint where maintenance is pending, at a time that you choose,
instead of on the date on which AWS would do it.

## When
Where GetVpnTunnelReplacementStatus reports pending maintenance, and a window was named
(`--window`). Where the tunnel's options are changed in the same plan, the endpoint is replaced by
that anyway: plan again afterwards.

## Risk
The tunnel is down for some minutes. It comes back if AWS initiates (StartupAction start and IKEv2)
or if the device does.

## How to undo
There is nothing to undo: no setting changes.
"""

from collections.abc import Iterator

from bothup.model.connection import Tunnel
from bothup.model.remedy import Maintenance, Proposal, Refusal, Remedy

REMEDY = Remedy(id="apply-pending-maintenance")


def propose(tunnel: Tunnel, maintenance: Maintenance) -> Iterator[Proposal | Refusal]:
    """Propose to replace the endpoint inside a window."""
    if tunnel.options is None:
        return
    if maintenance.replacement is None:
        problem = maintenance.problem or "it was not read"
        yield Refusal(reason=f"whether maintenance is pending is not known: {problem}", unread=True)
        return
    if not maintenance.replacement.pending:
        return
    due = maintenance.replacement.applied_after
    when = f"; AWS applies it after {due:%Y-%m-%d}" if due else ""
    if not maintenance.windowed:
        yield Refusal(reason=f"maintenance is pending{when}: say when with --window")
        return
    yield Proposal(why=f"maintenance of the endpoint is pending{when}", replace=True)
