"""Wire: AWS's protocols as moto speaks them, by the SDK's own service models.

moto is imported when the first call needs it, here and in `bothup.sim.moto_app` alone.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import unquote

from bothup.sim.refusal import Refusal
from bothup.sim.request import Answer, Request

Shape = dict[str, Any]

# Services whose model has another name than the one that requests are signed for.
_MODELS = {"monitoring": "cloudwatch"}
_PROTOCOLS = {"ec2": "ec2", "securityhub": "rest-json", "networkmonitor": "rest-json"}


def parse_call(service: str, operation: str, request: Request) -> Shape:
    """The call's parameters, as the SDK was given them; times are aware, in UTC.

    Refuses a call that lacks what it must have.
    """
    model, protocol = _model(service), _protocol(service, request)
    from moto.core.parse import PROTOCOL_PARSERS

    arrived: Any = {
        "method": request.method,
        "values": request.form if protocol in ("ec2", "query") else {},
        "headers": request.headers,
        "body": request.body,
        "url_path": request.path,
        "url_params": _in_path(model.operation_model(operation), request.path),
    }
    try:
        parser = PROTOCOL_PARSERS[protocol](
            model.operation_model(operation), timestamp_parser=_timestamp
        )
        parsed = parser.parse(arrived)
    except ValueError as error:
        raise Refusal("MalformedQueryString", f"a parameter cannot be read: {error}") from None
    for missing in _missing(model.operation_model(operation).input_shape, parsed):
        code = "ValidationException" if "json" in protocol else "MissingParameter"
        raise Refusal(code, f"The request must contain the parameter {missing}")
    return dict(parsed)


def _in_path(operation: Any, path: str) -> dict[str, str]:
    """The parameters that stand in the request's path, by their names."""
    template = operation.http["requestUri"].partition("?")[0]
    pairs = zip(template.split("/"), path.split("/"), strict=False)
    return {name.strip("{}"): unquote(value) for name, value in pairs if name.startswith("{")}


def render_result(service: str, operation: str, request: Request, result: Shape) -> Answer:
    """The answer to `request` that the SDK reads back as `result`."""
    model, protocol = _model(service), _protocol(service, request)
    from moto.core.serialize import SerializationContext, get_serializer_class

    serializer = get_serializer_class(model.service_name, protocol)(
        operation_model=model.operation_model(operation),
        context=SerializationContext(str(uuid.uuid4())),
        pretty_print="json" not in protocol,
    )
    rendered: Any = serializer.serialize(result)
    content_type = rendered["headers"].get("Content-Type", "text/xml")
    return Answer(
        status=rendered["status_code"],
        headers=(("Content-Type", f"{content_type};charset=UTF-8"),),
        body=rendered["body"].encode(),
    )


def check_known(service: str, operation: str) -> None:
    """Refuse what is no operation of the service, without a long look for it in moto."""
    if operation not in _model(service).operation_names:
        raise Refusal("InvalidAction", f"The action {operation} is not valid for this web service.")


@cache
def _model(service: str) -> Any:
    from moto.core.utils import get_service_model

    return get_service_model(_MODELS.get(service, service))


def _protocol(service: str, request: Request) -> str:
    """The protocol that the request speaks: some services know several."""
    if "smithy-protocol" in request.headers:
        raise Refusal("UnknownOperationException", "RPC v2 CBOR is not simulated; use JSON")
    if fixed := _PROTOCOLS.get(service):
        return fixed
    return "json" if "x-amz-target" in request.headers else "query"


def _timestamp(text: Any) -> datetime:
    from botocore.utils import parse_timestamp

    parsed: datetime = parse_timestamp(text)
    return parsed.astimezone(UTC)


def _missing(shape: Any, value: Any) -> Iterator[str]:
    """The required members that a value lacks, and those that its parts lack."""
    if value is None or shape is None:
        return
    if shape.type_name == "structure":
        for name, inner in shape.members.items():
            if value.get(name) is not None:
                yield from _missing(inner, value[name])
            elif name in shape.required_members:
                yield name
    elif shape.type_name == "list":
        for item in value:
            yield from _missing(shape.member, item)
