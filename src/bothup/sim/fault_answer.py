"""Fault answers: what a caller gets in place of, or made of, the true answer."""

import gzip
from collections.abc import Callable

import msgspec

from bothup.sim.error_answer import error_answer
from bothup.sim.faults import Fault
from bothup.sim.refusal import Refusal
from bothup.sim.request import Answer, Delivery, Request

# How AWS answers the errors that have names of their own: status and text.
_KNOWN = {
    "UnauthorizedOperation": (403, "You are not authorized to perform this operation."),
    "AccessDenied": (403, "Access Denied"),
    "AccessDeniedException": (400, "You don't have permissions to access this resource."),
    "AuthFailure": (401, "AWS was not able to validate the provided access credentials"),
    "OptInRequired": (
        403,
        "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.",
    ),
    "RequestLimitExceeded": (503, "Request limit exceeded."),
    "Throttling": (400, "Rate exceeded"),
    "ThrottlingException": (400, "Rate exceeded"),
    "TooManyRequestsException": (400, "AWS Organizations can't perform your request right now."),
    "ExpiredToken": (403, "The security token included in the request is expired"),
    "RequestExpired": (400, "Request has expired."),
    "InternalError": (500, "An internal error has occurred"),
    "Unavailable": (503, "The server is overloaded and cannot handle the request"),
    "ServiceUnavailable": (503, "Service Unavailable"),
}


def refusal_of(fault: Fault) -> Refusal:
    """The error that an `error` fault answers."""
    status, message = _KNOWN.get(fault.code, (400, fault.code))
    return Refusal(fault.code, fault.message or message, fault.status or status)


def instead(fault: Fault, request: Request, service: str) -> Answer | None:
    """The answer that the fault gives whatever the call, None if it needs the true one."""
    if fault.kind == "error":
        return error_answer(request, service, refusal_of(fault))
    if fault.kind == "redirect":
        location = f"http://{request.headers['host']}{request.target}"
        return Answer(status=307, headers=(("Location", location),))
    if fault.kind in ("hang", "reset"):
        return Answer(delivery="hang" if fault.kind == "hang" else "reset")
    return None


def spoilt(fault: Fault, answer: Answer) -> Answer:
    """The true answer as the fault lets it through."""
    spoil = _SPOIL.get(fault.kind)
    return spoil(answer) if spoil else answer


def _delivered(how: Delivery) -> Callable[[Answer], Answer]:
    return lambda answer: msgspec.structs.replace(answer, delivery=how)


def _malformed(answer: Answer) -> Answer:
    """A complete HTTP answer whose body ends in the middle of a tag, or of a JSON string."""
    cut = answer.body[: len(answer.body) * 2 // 3]
    return msgspec.structs.replace(answer, body=cut + b"</<")


def _gzipped(answer: Answer) -> Answer:
    headers = (*answer.headers, ("Content-Encoding", "gzip"))
    return msgspec.structs.replace(answer, headers=headers, body=gzip.compress(answer.body))


_SPOIL: dict[str, Callable[[Answer], Answer]] = {
    "malformed": _malformed,
    "gzip": _gzipped,
    "chunked": _delivered("chunked"),
    "truncated": _delivered("truncated"),
    "reset-mid-body": _delivered("reset-mid-body"),
}
