"""A certificate is expired, not yet valid, revoked or from an issuer that the other side distrusts

## What it is
With certificates the side that answers checks validity, issuer and name of the peer's certificate,
and that its key made the signature. A clock that is wrong makes a good certificate invalid.

## How it shows
The verifying side logs the validity dates or a missing issuer; the other one reads only
`AUTHENTICATION_FAILED`, as with a wrong key or identity. Where the device distrusts AWS's
certificate, the tunnel comes up and is closed milliseconds later.

## What to do on AWS
- See which certificate the tunnel uses (`CertificateArn` in the telemetry) and whether it is valid:
  `aws acm describe-certificate`.
- Rotate AWS's own certificate with `aws ec2 modify-vpn-tunnel-certificate
  --vpn-connection-id VPN_ID --vpn-tunnel-outside-ip-address OUTSIDE_IP`; this tunnel is down
  meanwhile.

## What to do on the device
- Renew the device's certificate from the private CA that the customer gateway resource names.
- Install the whole chain of both sides, set the clock (NTP), and check that the local identity is
  in the certificate.

## How to be sure
The log of the side that verifies tells the dates and the issuer.
"""

from collections.abc import Iterator

from bothup.causes._say import authenticated, authentication_refused, certificates, keys, seen
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Comparison
from bothup.model.connection import Tunnel
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import Direction, EventKind
from bothup.model.story import AwsStory, DeviceStory

CAUSE = Cause(
    id="certificate-problem",
    settled_by=(EvidenceKind.CERTIFICATE, EvidenceKind.DEVICE_LOG),
)

K = EventKind
_FAULTS = {
    "expired": "has expired",
    "not-yet-valid": "is not yet valid",
    "validity": "is not valid now",
    "unknown-issuer": "comes from an issuer that is not trusted",
    "untrusted": "is not trusted",
    "revoked": "has been revoked",
    "no-private-key": "has no private key here",
}


def signs(
    aws: AwsStory, device: DeviceStory, comparison: Comparison, tunnel: Tunnel
) -> Iterator[Sign]:
    """Yield what speaks for and against a bad certificate."""
    refused = list(authentication_refused("refused", "authentication-fails", device))
    aws_refuses = aws.of(K.AUTHENTICATION_FAILED, direction=Direction.SENT)
    for story in (aws, device):
        if found := story.of(K.CERTIFICATE_INVALID):
            fault = _FAULTS.get(found.last.details.get("reason", ""), "is not accepted")
            yield seen("certificate-refused", found, f"a certificate {fault}")
        if found := story.of(K.AUTH_METHOD_MISMATCH):
            wanted = found.last.details.get("wanted", "another method")
            yield seen("method-differs", found, f"the other side wants {wanted}")
        if found := story.of(K.PSK_MISMATCH, K.PSK_MISSING):
            yield seen("about-keys", found, "the negotiation is about a pre-shared key")
        yield from authenticated("authenticated", story)
    yield from refused
    if aws_refuses:
        yield seen("aws-refuses", aws_refuses, "AWS refuses the authentication")
    if refused or aws_refuses:
        yield from certificates("refused-with-certificates", device, comparison, tunnel)
    yield from keys("keys-in-use", device, comparison)
