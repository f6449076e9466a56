"""Authenticate: who makes a request, or why AWS does not believe it.

Each service has its own codes for the same things; the texts are theirs.
"""

import hmac
from datetime import UTC, datetime

from bothup.sim.caller import Caller, Key, KeyRing
from bothup.sim.refusal import Refusal
from bothup.sim.request import Request
from bothup.sim.signing import MAX_SKEW, Signature, is_signed_with, signed_at

_NOT_VALIDATED = "AWS was not able to validate the provided access credentials"
_INVALID_TOKEN = "The security token included in the request is invalid."  # noqa: S105 - a message
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details."
)


def authenticate(request: Request, signature: Signature, keys: KeyRing) -> Caller:
    """The caller of a signed request; refuses one that is not truly theirs, or is out of date."""
    service = signature.service
    key = keys.find(signature.key_id)
    if key is None or not _has_token(request, key):
        raise unknown_caller(service)
    _check_time(request, service)
    if not is_signed_with(key.secret, request, signature):
        raise _wrong_signature(service)
    if key.expires and key.expires <= datetime.now(UTC):
        raise expired_token(service)
    return key.caller


def unsigned(service: str) -> Refusal:
    """The refusal of a request without a signature."""
    if service == "ec2":
        return Refusal("AuthFailure", _NOT_VALIDATED, 401)
    code = (
        "MissingAuthenticationToken" if service == "sts" else "MissingAuthenticationTokenException"
    )
    return Refusal(code, "Request is missing Authentication Token", 403)


def unknown_caller(service: str) -> Refusal:
    """The refusal of a key that AWS does not know, or does not know in this Region."""
    if service == "ec2":
        return Refusal("AuthFailure", _NOT_VALIDATED, 401)
    if service == "sts":
        return Refusal("InvalidClientTokenId", _INVALID_TOKEN, 403)
    return Refusal("UnrecognizedClientException", _INVALID_TOKEN, 400)


def expired_token(service: str) -> Refusal:
    """The refusal of a session that has ended."""
    if service == "ec2":
        return Refusal("RequestExpired", "Request has expired.", 400)
    code = "ExpiredToken" if service == "sts" else "ExpiredTokenException"
    return Refusal(
        code,
        "The security token included in the request is expired",
        403 if service == "sts" else 400,
    )


def _has_token(request: Request, key: Key) -> bool:
    token = request.headers.get("x-amz-security-token", "")
    return hmac.compare_digest(token.encode(), (key.token or "").encode())


def _check_time(request: Request, service: str) -> None:
    when, now = signed_at(request), datetime.now(UTC)
    if when is None:
        raise _wrong_signature(service)
    if abs(now - when) <= MAX_SKEW:
        return
    if service == "ec2":
        raise Refusal("RequestExpired", "Request has expired.", 400)
    code = "SignatureDoesNotMatch" if service == "sts" else "InvalidSignatureException"
    stamps = f"{when:%Y%m%dT%H%M%SZ}", f"{now:%Y%m%dT%H%M%SZ}"
    what = "expired" if when < now else "not yet current"
    raise Refusal(code, f"Signature {what}: {stamps[0]}, now {stamps[1]} (5 min. allowed)", 403)


def _wrong_signature(service: str) -> Refusal:
    if service == "ec2":
        return Refusal("AuthFailure", _NOT_VALIDATED, 401)
    code = "SignatureDoesNotMatch" if service == "sts" else "InvalidSignatureException"
    return Refusal(code, _MISMATCH, 403)
