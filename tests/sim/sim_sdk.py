"""Clients of the real SDK for a simulated server."""

from typing import Any

import boto3
from botocore.config import Config

from bothup.sim import SimServer

_SESSION = boto3.session.Session(region_name="us-east-1")
_CLIENTS: dict[Any, Any] = {}


def sdk_client(
    server: SimServer,
    service: str,
    region: str = "eu-central-1",
    account: str | None = None,
    session: dict[str, Any] | None = None,
    **config: Any,
) -> Any:
    """A client that tries each call once and has patience with a busy machine.

    It calls as the user of `account`, by default the management account's, or with the Credentials
    that AssumeRole gave.
    """
    env = server.env(account)
    keys = session or {
        "AccessKeyId": env["AWS_ACCESS_KEY_ID"],
        "SecretAccessKey": env["AWS_SECRET_ACCESS_KEY"],
    }
    name = server.url, service, region, keys["AccessKeyId"], repr(config)
    if name not in _CLIENTS:
        _CLIENTS[name] = _SESSION.client(
            service,
            region_name=region,
            endpoint_url=server.url,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=Config(
                **{
                    "retries": {"total_max_attempts": 1},
                    "connect_timeout": 30,
                    "read_timeout": 60,
                    **config,
                }
            ),
        )
    return _CLIENTS[name]
