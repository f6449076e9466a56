"""Error answers: a refusal in the shape in which each service's protocol has it."""

import json
import uuid
from xml.sax.saxutils import escape

from bothup.sim.refusal import Refusal
from bothup.sim.request import Answer

_EC2 = """\
<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
<RequestID>{request_id}</RequestID></Response>"""
_QUERY = """\
<ErrorResponse xmlns="https://{service}.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Type>{sender}</Type>
    <Code>{code}</Code>
    <Message>{message}</Message>
  </Error>
  <RequestId>{request_id}</RequestId>
</ErrorResponse>"""
_QUERY_SERVICES = ("sts", "sns", "monitoring", "iam", "cloudformation")


def error_answer(service: str, refusal: Refusal) -> Answer:
    """`refusal` as `service` answers it: EC2's XML, the query protocol's, or JSON."""
    if service != "ec2" and service not in _QUERY_SERVICES:
        return _json(refusal)
    text = (_EC2 if service == "ec2" else _QUERY).format(
        service=service,
        sender="Sender" if refusal.status < 500 else "Receiver",
        code=escape(refusal.code),
        message=escape(refusal.message),
        request_id=uuid.uuid4(),
    )
    return Answer(
        status=refusal.status,
        headers=(("Content-Type", "text/xml;charset=UTF-8"),),
        body=text.encode(),
    )


def _json(refusal: Refusal) -> Answer:
    body = json.dumps({"__type": refusal.code, "message": refusal.message})
    return Answer(
        status=refusal.status,
        headers=(
            ("Content-Type", "application/x-amz-json-1.1"),
            ("x-amzn-ErrorType", refusal.code),
        ),
        body=body.encode(),
    )
