"""The connection ends on no gateway on AWS's side

## What it is
A connection needs a virtual private gateway attached to a VPC, a transit gateway, a core network or
a concentrator. Without one there is nothing behind the tunnels, and they don't come up.

## How it shows
`GatewayAssociationState` is not `associated`, or no gateway is named.

## What to do on AWS
- Attach it: `aws ec2 modify-vpn-connection --vpn-connection-id VPN_ID --transit-gateway-id ...` (or
  `--vpn-gateway-id`), and `aws ec2 attach-vpn-gateway` for a gateway without a VPC.
- Route tables and propagation come after that.

## What to do on the device
- Nothing, until AWS's side is attached; then start both tunnels.

## How to be sure
`aws ec2 describe-vpn-connections --vpn-connection-ids VPN_ID`.
"""

from collections.abc import Iterator

from bothup.causes._say import field
from bothup.model.cause import Cause, Scope, Sign
from bothup.model.connection import VpnConnection
from bothup.model.diagnosis import EvidenceKind

CAUSE = Cause(
    id="gateway-not-attached", scope=Scope.CONNECTION, settled_by=(EvidenceKind.TELEMETRY,)
)

_PATH = "GatewayAssociationState"


def signs(connection: VpnConnection) -> Iterator[Sign]:
    """Yield what speaks for and against a missing gateway."""
    state = (connection.association or "").lower()
    if state == "associated":
        yield field("associated", connection, _PATH, "the connection is associated with a gateway")
    elif state in ("associating", "disassociating"):
        yield field("on-its-way", connection, _PATH, f"the connection is {state}")
    elif state:
        text = f"the connection is {state}"
        yield field("not-associated", connection, _PATH, text)
