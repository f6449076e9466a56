"""Wire: AWS's protocols as moto speaks them, by the SDK's own service models.

moto is imported when the first call needs it, here and in `bothup.sim.moto_app` alone.
"""

import uuid
from functools import cache
from typing import Any

from bothup.sim.refusal import Refusal
from bothup.sim.request import Answer, Request

Shape = dict[str, Any]


def parse_call(service: str, operation: str, request: Request) -> Shape:
    """The call's parameters, as the SDK was given them."""
    model, protocol = _model(service)
    from moto.core.parse import PROTOCOL_PARSERS

    arrived: Any = {
        "method": request.method,
        "values": request.form if protocol in ("ec2", "query") else {},
        "headers": request.headers,
        "body": request.body,
        "url_path": request.path,
        "url_params": {},
    }
    try:
        parsed = PROTOCOL_PARSERS[protocol](model.operation_model(operation)).parse(arrived)
    except ValueError as error:
        raise Refusal("MalformedQueryString", f"a parameter cannot be read: {error}") from None
    return dict(parsed)


def render_result(service: str, operation: str, result: Shape) -> Answer:
    """The answer that the SDK reads back as `result`."""
    model, protocol = _model(service)
    from moto.core.serialize import SerializationContext, get_serializer_class

    serializer = get_serializer_class(service, protocol)(
        operation_model=model.operation_model(operation),
        context=SerializationContext(str(uuid.uuid4())),
        pretty_print=protocol != "json",
    )
    rendered: Any = serializer.serialize(result)
    content_type = rendered["headers"].get("Content-Type", "text/xml")
    return Answer(
        status=rendered["status_code"],
        headers=(("Content-Type", f"{content_type};charset=UTF-8"),),
        body=rendered["body"].encode(),
    )


@cache
def _model(service: str) -> tuple[Any, str]:
    from moto.core.utils import get_service_model

    model = get_service_model(service)
    return model, model.protocol
