"""moto's own application: every service and operation that is not simulated here.

EC2's VPN calls are not left to it: its EC2 takes over a second and 130 MB to import and 45 ms for
each account and Region, and knows no tunnels. What is created through moto is not seen by the calls
that are simulated here. moto keeps one state for the whole process.
"""

import io
import threading
from typing import Any

from bothup.sim.refusal import Refusal
from bothup.sim.request import Answer, Request


class MotoApp:
    """moto's server application, told the account that each request is made by."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._app: Any = None

    def answer(self, request: Request, account: str) -> Answer:
        """moto's answer to `request` as made by `account`."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        from botocore.model import OperationNotFoundError

        environ = _environ(request, account)
        try:
            parts = self._application()(environ, lambda *start: started.append(start[:2]))
            body = b"".join(parts)
        except (NotImplementedError, OperationNotFoundError) as error:
            raise Refusal("InvalidAction", f"The action is not valid here: {error}") from None
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
