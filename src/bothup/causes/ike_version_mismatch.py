"""One side speaks IKEv1 and the other allows IKEv2 only, or the reverse

## What it is
A tunnel allows IKEv1, IKEv2 or both. A device that starts with a version which the tunnel does not
allow meets nobody who could answer. It often begins right after a tunnel was restricted to IKEv2.

## How it shows
AWS answers the first message with `NO_PROPOSAL_CHOSEN`, exactly as if the algorithms did not match;
its phase 1 stays `down` because no negotiation ever came into being. The device's log tells which
version it spoke: main mode is IKEv1, IKE_SA_INIT is IKEv2.

## What to do on AWS
- See what the tunnel allows: `IkeVersions`; where the list is absent, both are allowed.
- Allow both until the device is changed:
  `aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID
  --vpn-tunnel-outside-ip-address OUTSIDE_IP
  --tunnel-options 'IKEVersions=[{Value=ikev1},{Value=ikev2}]'`; this tunnel is down for minutes.

## What to do on the device
- Move the tunnel to OUTSIDE_IP to IKEv2.

## How to be sure
Compare the tunnel's `IkeVersions` with the version in the device's log or configuration.
"""

from collections.abc import Iterator

from bothup.causes._say import compared, not_sent, option, seen, set_anew, told
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Agreement, Comparison, Setting
from bothup.model.connection import Tunnel
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import EventKind, Phase, Role
from bothup.model.story import AwsStory, DeviceStory
from bothup.model.surroundings import Changes

CAUSE = Cause(
    id="ike-version-mismatch",
    settled_by=(EvidenceKind.DEVICE_CONFIG, EvidenceKind.DEVICE_LOG),
)

K = EventKind


def signs(
    aws: AwsStory, device: DeviceStory, comparison: Comparison, tunnel: Tunnel, changes: Changes
) -> Iterator[Sign]:
    """Yield what speaks for and against differing IKE versions."""
    yield from _spoken(device, tunnel)
    refused = list(_refused(aws, device, tunnel))
    yield from refused
    if refused:
        yield from set_anew("just-restricted", changes, tunnel, "ikeversion")
    for setting in comparison.of(Setting.IKE_VERSION):
        clash = setting.agreement is Agreement.CLASHES
        yield compared("versions-clash" if clash else "versions-agree", setting)
    for story in (aws, device):
        up = story.of(K.SA_ESTABLISHED, phase=Phase.IKE)
        if up.current:
            yield seen("phase1-up", up, "phase 1 comes up")
        if found := story.of(K.UNKNOWN_PEER):
            yield seen("peer-unknown", found, "no configuration fits the peer's first message")


def _spoken(device: DeviceStory, tunnel: Tunnel) -> Iterator[Sign]:
    """Compare the version that the device starts with and those that the tunnel allows."""
    starts = [event for event in device.of(K.NEGOTIATION_STARTED) if event.role is Role.INITIATOR]
    allowed = tunnel.options.ike_versions if tunnel.options else ()
    if not starts or not allowed:
        return
    version = starts[-1].details.get("ike_version")
    spoken = f"ikev{version}"
    if version and spoken not in allowed:
        text = f"the device starts with {spoken}, the tunnel allows {', '.join(allowed)} only"
        yield told("speaks-another", starts[-1], text)
    elif version:
        text = f"the device starts with {spoken}, which the tunnel allows"
        yield told("speaks-allowed", starts[-1], text)


def _refused(aws: AwsStory, device: DeviceStory, tunnel: Tunnel) -> Iterator[Sign]:
    refusals = aws.of(K.PROPOSAL_REFUSED, K.NO_PROPOSAL_CHOSEN)
    if refusals and refusals.last.phase is not Phase.IPSEC:
        yield seen("aws-refuses", refusals, "AWS finds no matching proposal")
        if refusals.last.details.get("phase1_state") == "down":
            text = "phase 1 stays down: no negotiation came into being"
            yield seen("never-began", refusals, text)
        if tunnel.options and len(tunnel.options.ike_versions) == 1:
            only = tunnel.options.ike_versions[0]
            yield option(
                "one-version-only", tunnel, "IkeVersions", f"the tunnel allows {only} only"
            )
    found = not_sent(device.of(K.NO_PROPOSAL_CHOSEN))
    if found and found.last.phase is not Phase.IPSEC:
        yield seen("refused", found, "no proposal is chosen in answer to the first message")
    if found := device.of(K.MODE_REFUSED):
        yield seen("mode-refused", found, "the exchange mode is refused")
