"""Sdk: the SDK's own clients, and one call made with one of them.

Making a client takes some 20 ms, so each is kept, by account, Region and service, until its
credentials are others.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from bothup import __version__
from bothup.aws.errors import aws_error
from bothup.aws.wire import Credentials
from bothup.errors import AwsError, Unreachable, UsageError
from bothup.model.target import Target

# Services with one endpoint for a whole partition.
_HOMES = {
    "health": {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"},
}
_LONGEST_MESSAGE = 600
_log = logging.getLogger(__name__)


class Sdk:
    """The clients of one profile; `timeout` is seconds without an answer, `connections` a client's.

    A client attempts each call once.
    """

    def __init__(
        self, profile: str | None = None, *, timeout: float, connect: float, connections: int
    ) -> None:
        """Make no client yet: each comes with the first call that needs it."""
        self._profile = profile
        self._session: Any = None
        self._settings = {
            "connect_timeout": connect,
            "read_timeout": timeout,
            "max_pool_connections": connections,
        }
        self._clients: dict[tuple[Target, str], tuple[Credentials, Any]] = {}
        self._making = threading.Lock()

    async def client(self, target: Target, service: str, credentials: Credentials) -> Any:
        """Give a client, made anew when the credentials are new ones; raises UsageError."""
        known = self._clients.get((target, service))
        if known is None or known[0] != credentials:
            return await asyncio.to_thread(self._make, target, service, credentials)
        return known[1]

    def _make(self, target: Target, service: str, credentials: Credentials) -> Any:
        with self._making:
            known = self._clients.get((target, service))
            if known is not None and known[0] == credentials:
                return known[1]
            client = self._new(target, service, credentials)
            self._clients[target, service] = credentials, client
        return client

    def _new(self, target: Target, service: str, credentials: Credentials) -> Any:
        import botocore.session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        home = _HOMES.get(service, {}).get(target.partition)
        try:
            self._session = self._session or botocore.session.Session(profile=self._profile)
            return self._session.create_client(
                service,
                region_name=home or target.region,
                aws_access_key_id=credentials.access_key,
                aws_secret_access_key=credentials.secret_key,
                aws_session_token=credentials.token,
                config=Config(
                    retries={"total_max_attempts": 1},
                    user_agent_extra=f"bothup/{__version__}",
                    **self._settings,
                ),
            )
        except BotoCoreError as error:
            raise UsageError(f"AWS configuration: {error}") from None


def send(
    client: Any, name: str, params: Mapping[str, Any], credentials: Credentials
) -> dict[str, Any]:
    """Send once and translate errors; an SDK error's own text may quote an answer, so it stays.

    Raises AwsError, which is Unreachable where no answer came back that could be read: the call may
    then have taken effect.
    """
    from botocore import xform_name
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
    from botocore.parsers import ResponseParserError

    began, outcome = time.monotonic(), "ok"
    where = f"{name} in {client.meta.region_name}"
    try:
        answer: dict[str, Any] = getattr(client, xform_name(name))(**params)
    except ClientError as error:
        told = error.response.get("Error", {})
        outcome = str(told.get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        text = credentials.masked(f"{where}: {outcome}: {told.get('Message', '')}")
        raise aws_error(outcome, text[:_LONGEST_MESSAGE], status=status) from None
    except ParamValidationError:
        outcome = "not sent"
        raise AwsError(
            f"{where}: the SDK does not know such parameters; nothing was sent"
        ) from None
    except (BotoCoreError, ResponseParserError) as error:
        outcome = type(error).__name__
        raise Unreachable(f"{where}: no answer that could be read ({outcome})") from None
    finally:
        took = (time.monotonic() - began) * 1000
        _log.debug("%s %s: %s, %.1f ms", client.meta.endpoint_url, name, outcome, took)
    return answer
