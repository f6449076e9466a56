"""Wire: AWS's protocols as moto speaks them, by the SDK's own service models.

The only file that imports moto, and it does so when the first call needs it. What the simulation
does not answer itself goes to moto's own application, account and Region included.
"""

import io
import threading
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


class MotoApp:
    """moto's own server application, for every service and operation that is not simulated here."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._app: Any = None

    def answer(self, request: Request, account: str) -> Answer:
        """moto's answer to `request` as made by `account`."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(
            self._application()(
                _environ(request, account), lambda *start: started.append(start[:2])
            )
        )
        status, headers = started[0]
        kept = tuple(
            (name, value)
            for name, value in headers
            if name.lower() not in ("content-length", "connection", "transfer-encoding")
        )
        return Answer(status=int(status.split()[0]), headers=kept, body=body)

    def reset(self) -> None:
        """Forget what moto was told, if it was ever asked."""
        if self._app is not None:
            from moto.moto_api._internal.models import moto_api_backend

            moto_api_backend.reset()

    def _application(self) -> Any:
        with self._lock:
            if self._app is None:
                from moto.moto_server.werkzeug_app import (
                    DomainDispatcherApplication,
                    create_backend_app,
                )

                self._app = DomainDispatcherApplication(create_backend_app)
            return self._app


def _environ(request: Request, account: str) -> dict[str, Any]:
    """The request as WSGI has it; moto takes account and Region from headers, here from ours."""
    path, _, query = request.target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "RAW_URI": request.target,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        if name not in ("content-length", "content-type", "user-agent"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
    return environ
