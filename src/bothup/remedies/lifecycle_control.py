"""Maintenance of the tunnel's endpoint waits for you (tunnel endpoint lifecycle control)

## What it does
Turns tunnel endpoint lifecycle control on: AWS announces the replacement of the endpoint, and it
can be applied at a time of your own before the date on which AWS would do it. Critical updates may
still be pushed.

## When
On every tunnel that has it off.

## Risk
None where it is the only change to a tunnel: it is then made without a new endpoint
(SkipTunnelReplacement). Together with others it travels in their call.

## How to undo
`bothup undo PLAN` turns it off. While maintenance is pending AWS does not do so without replacing
the endpoint.
"""

from collections.abc import Iterator

from bothup.model.connection import Tunnel
from bothup.model.remedy import Proposal, Remedy
from bothup.model.tunnel_settings import LIFECYCLE

REMEDY = Remedy(id="lifecycle-control")


def propose(tunnel: Tunnel) -> Iterator[Proposal]:
    """Propose lifecycle control, in place."""
    if tunnel.options is not None and not tunnel.options.lifecycle_control:
        yield Proposal(
            why="AWS replaces the tunnel's endpoint whenever it wants to",
            settings={LIFECYCLE: True},
            in_place=True,
        )
