"""Error answers: a refusal in the shape that the protocol of the request has for it."""

import json
import uuid
from xml.sax.saxutils import escape

from bothup.sim.refusal import Refusal
from bothup.sim.request import Answer, Request

_EC2 = """\
<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
<RequestID>{request_id}</RequestID></Response>"""
_QUERY = """\
<ErrorResponse>
  <Error>
    <Type>{sender}</Type>
    <Code>{code}</Code>
    <Message>{message}</Message>
  </Error>
  <RequestId>{request_id}</RequestId>
</ErrorResponse>"""


def error_answer(request: Request, service: str, refusal: Refusal) -> Answer:
    """`refusal` in EC2's XML, the query protocol's, JSON or CBOR, as `request` speaks."""
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return _cbor(refusal)
    if service == "ec2":
        return _xml(_EC2, refusal)
    if "urlencoded" in request.headers.get("content-type", ""):
        return _xml(_QUERY, refusal)
    return _json(refusal)


def _xml(template: str, refusal: Refusal) -> Answer:
    text = template.format(
        sender="Sender" if refusal.status < 500 else "Receiver",
        code=escape(refusal.code),
        message=escape(refusal.message),
        request_id=uuid.uuid4(),
    )
    headers = (("Content-Type", "text/xml;charset=UTF-8"),)
    return Answer(status=refusal.status, headers=headers, body=text.encode())


def _json(refusal: Refusal) -> Answer:
    body = json.dumps({"__type": refusal.code, "message": refusal.message})
    headers = (
        ("Content-Type", "application/x-amz-json-1.1"),
        ("x-amzn-ErrorType", refusal.code),
    )
    return Answer(status=refusal.status, headers=headers, body=body.encode())


def _cbor(refusal: Refusal) -> Answer:
    members = ("__type", refusal.code, "message", refusal.message)
    body = b"\xa2" + b"".join(map(_cbor_text, members))
    headers = (("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor"))
    return Answer(status=refusal.status, headers=headers, body=body)


def _cbor_text(text: str) -> bytes:
    """A text string of up to 65,535 bytes in CBOR (RFC 8949, section 3)."""
    encoded = text.encode()
    return b"\x79" + len(encoded).to_bytes(2) + encoded
