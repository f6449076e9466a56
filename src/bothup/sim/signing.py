"""Signing: who signed a request, and whether it is really signed with their secret.

The signature is computed anew by the SDK's own SigV4 code from what arrived. Source: "Create a
signed AWS API request" in the IAM user guide.
"""

import hmac
import re
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from bothup.sim.request import Request

MAX_SKEW = timedelta(minutes=5)

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/"
    r"(?P<service>[^/]+)/aws4_request, *SignedHeaders=(?P<headers>[^,]+), *Signature=(?P<hex>\w+)"
)


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What the Authorization header of a request says."""

    key_id: str
    region: str
    service: str
    headers: tuple[str, ...]
    value: str


def read_signature(request: Request) -> Signature | None:
    """The request's signature, None where it has none that could be one."""
    match = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if match is None:
        return None
    return Signature(
        key_id=match["key"],
        region=match["region"],
        service=match["service"],
        headers=tuple(match["headers"].split(";")),
        value=match["hex"],
    )


def signed_at(request: Request) -> datetime | None:
    """When the request was signed by its own account, None where it does not say."""
    try:
        return datetime.strptime(
            request.headers.get("x-amz-date", "") + "+0000", "%Y%m%dT%H%M%SZ%z"
        )
    except ValueError:
        return None


def is_signed_with(secret: str, request: Request, signature: Signature) -> bool:
    """Whether `signature` is what `secret` gives for the request as it arrived."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    if not {"host", "x-amz-date"} <= set(signature.headers):
        return False
    claimed = request.headers.get("x-amz-content-sha256")
    if claimed and claimed not in ("UNSIGNED-PAYLOAD", sha256(request.body).hexdigest()):
        return False
    signed = {name: request.headers.get(name, "") for name in signature.headers}
    again = AWSRequest(
        method=request.method,
        url=f"http://{request.headers['host']}{request.target}",
        headers=signed,
        data=request.body,
    )
    again.context["timestamp"] = request.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(signature.key_id, secret), signature.service, signature.region)
    to_sign = signer.string_to_sign(again, signer.canonical_request(again))
    return hmac.compare_digest(signer.signature(to_sign, again), signature.value)
