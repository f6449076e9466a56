"""The connection ends on no gateway on AWS's side

## What it is
A connection needs a virtual private gateway attached to a VPC, a transit gateway, a core network or
a concentrator. Without one there is nothing behind the tunnels, and they don't come up.

## How it shows
`GatewayAssociationState` is not `associated`; the virtual private gateway is attached to no VPC (as
it may be on purpose, where it only joins sites: VPN CloudHub); the transit gateway's attachment of
the connection failed, or no route table is associated with it.

## What to do on AWS
- Attach it: `aws ec2 modify-vpn-connection --vpn-connection-id VPN_ID --transit-gateway-id ...` (or
  `--vpn-gateway-id`), and `aws ec2 attach-vpn-gateway` for a gateway without a VPC.
- Route tables and propagation come after that.

## What to do on the device
- Nothing, until AWS's side is attached; then start both tunnels.

## How to be sure
`aws ec2 describe-vpn-connections --vpn-connection-ids VPN_ID`, then `aws ec2 describe-vpn-gateways`
or `aws ec2 describe-transit-gateway-attachments --filters Name=resource-id,Values=VPN_ID`.
"""

from collections.abc import Iterator

from bothup.causes._say import field
from bothup.model.bundle import Attachment
from bothup.model.cause import Cause, Scope, Sign
from bothup.model.connection import VpnConnection
from bothup.model.diagnosis import EvidenceKind, Pointer
from bothup.model.surroundings import Attachments

CAUSE = Cause(
    id="gateway-not-attached", scope=Scope.CONNECTION, settled_by=(EvidenceKind.TELEMETRY,)
)

_PATH = "GatewayAssociationState"
_PASSING = frozenset({"attaching", "detaching", "initiating", "pending", "modifying"})


def signs(connection: VpnConnection, attachments: Attachments) -> Iterator[Sign]:
    """Yield what speaks for and against a missing gateway."""
    behind = list(_behind(connection, attachments))
    yield from behind
    state = (connection.association or "").lower()
    if state == "associated":
        # With the gateway, that is: what the gateway itself is attached to is another matter.
        if not behind:
            yield field("associated", connection, _PATH, "the connection is associated")
    elif state in ("associating", "disassociating"):
        yield field("on-its-way", connection, _PATH, f"the connection is {state}")
    elif state:
        text = f"the connection is {state}"
        yield field("not-associated", connection, _PATH, text)


def _behind(connection: VpnConnection, attachments: Attachments) -> Iterator[Sign]:
    """Look behind the gateway that the connection ends on."""
    gateway = connection.gateway_id or ""
    found = [each for each in attachments.attachments if each.gateway == gateway]
    if attachments.present and not found and gateway.startswith("tgw-"):
        at = Pointer(kind=EvidenceKind.TELEMETRY, pointer="attachments: none")
        text = f"the connection has no attachment to the transit gateway {gateway}"
        yield Sign(name="attachment-missing", text=text, evidence=at)
    for each in found:
        yield from _of(each)


def _of(attachment: Attachment) -> Iterator[Sign]:
    at = Pointer(
        kind=EvidenceKind.TELEMETRY,
        pointer=f"attachments[{attachment.index}]: {attachment.gateway} {attachment.state}",
    )
    private = attachment.gateway.startswith("vgw-")
    if attachment.state in _PASSING:
        text = f"the attachment of {attachment.gateway} is {attachment.state}"
        yield Sign(name="on-its-way", text=text, evidence=at)
    elif private and attachment.state != "attached":
        text = f"the virtual private gateway {attachment.gateway} is attached to no VPC"
        yield Sign(name="no-vpc", text=text, evidence=at)
    elif not private and attachment.state != "available":
        text = f"the connection's attachment to {attachment.gateway} is {attachment.state}"
        yield Sign(name="attachment-missing", text=text, evidence=at)
    elif attachment.associated is False:
        text = f"no route table of {attachment.gateway} is associated with the connection"
        yield Sign(name="no-route-table", text=text, evidence=at)
