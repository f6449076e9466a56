"""Access: reading over the wire, and changing through the SDK's own clients, in many accounts.

Reads are repeated when they fail, and so is what changes nothing more when it is made twice; any
other call that changes something is sent once. Whether it took effect when no answer came back is
found out by reading, never by sending it again.
"""

import asyncio
import functools
from collections.abc import Mapping
from typing import Any

from bothup import __version__
from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.errors import aws_error
from bothup.aws.signer import Signer
from bothup.aws.wire import Credentials
from bothup.errors import AwsError, Unreachable, UsageError
from bothup.model.call import Call
from bothup.model.target import Target

READ_SECONDS = 60.0
SEND_SECONDS = 60.0
# Many calls to one Target wait for their turns.
PATIENCE = 900.0
DRY_RUN = "DryRunOperation"


class Access:
    """Reaches Targets; `signers` are by account id, and under None for whatever is not named."""

    def __init__(
        self, caller: Caller, signers: Mapping[str | None, Signer], profile: str | None = None
    ) -> None:
        """Make no client yet: each comes with the first call that needs it."""
        self._caller, self._signers, self._profile = caller, signers, profile
        self._clients: dict[tuple[str | None, str | None, str], tuple[Credentials, Any]] = {}
        self._making = asyncio.Lock()

    async def read(
        self, target: Target, service: str, name: str, params: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Make a call that only reads; raises AwsError."""
        return await self._call(target, service, name, params, READ_SECONDS)

    async def _call(
        self, target: Target, service: str, name: str, params: Mapping[str, Any], seconds: float
    ) -> dict[str, Any]:
        return await self._caller.call(
            service,
            name,
            params,
            signer=self._signer(target),
            account=target.account or "",
            region=target.region or "",
            budget=Budget.of(seconds),
        )

    async def open(self, target: Target, service: str) -> None:
        """Get ready to send: credentials are found and the client is made; raises AwsError."""
        await self._client(target, service)

    async def send(self, call: Call, *, dry_run: bool = False) -> None:
        """Make a call once; `dry_run` has EC2 check it and change nothing.

        The answer may hold secrets, so it is dropped. Raises AwsError, which is Unreachable where
        no answer came back that could be read: the call may then have taken effect.
        """
        client = await self._client(call.target, call.service)
        params = {**call.params, "DryRun": True} if dry_run else call.params
        await asyncio.to_thread(_send, client, call, params, dry_run=dry_run)

    async def repeat(self, call: Call) -> None:
        """Make a call that may be made twice, paced, again where it fails; raises AwsError."""
        await self._call(call.target, call.service, call.operation, call.params, PATIENCE)

    async def ask(self, call: Call) -> dict[str, Any]:
        """Make a call that only reads, to a service that `read` does not speak with."""
        client = await self._client(call.target, call.service)
        return await asyncio.to_thread(_send, client, call, call.params, dry_run=False)

    def _signer(self, target: Target) -> Signer:
        found = self._signers.get(target.account) or self._signers.get(None)
        if found is None:
            raise UsageError(f"no credentials for account {target.account}")
        return found

    async def _client(self, target: Target, service: str) -> Any:
        """Give the client of a service, made anew when the credentials are new ones."""
        credentials = await self._signer(target).credentials()
        key = target.account, target.region, service
        async with self._making:
            known = self._clients.get(key)
            if known is None or known[0] != credentials:
                client = await asyncio.to_thread(self._make, service, target, credentials)
                known = self._clients[key] = credentials, client
        return known[1]

    def _make(self, service: str, target: Target, credentials: Credentials) -> Any:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=10,
            read_timeout=SEND_SECONDS,
            user_agent_extra=f"bothup/{__version__}",
        )
        try:
            return _session(self._profile).create_client(
                service,
                region_name=target.region,
                aws_access_key_id=credentials.access_key,
                aws_secret_access_key=credentials.secret_key,
                aws_session_token=credentials.token,
                config=config,
            )
        except BotoCoreError as error:
            raise UsageError(f"AWS configuration: {error}") from None


@functools.lru_cache(maxsize=4)
def _session(profile: str | None) -> Any:
    """Make the SDK's session of a profile; it holds the service models, which take long to read."""
    import botocore.session

    return botocore.session.Session(profile=profile)


def _send(client: Any, call: Call, params: Mapping[str, Any], *, dry_run: bool) -> dict[str, Any]:
    """Send and translate errors; an SDK error's own text may quote an answer and is left out."""
    from botocore import xform_name
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
    from botocore.parsers import ResponseParserError

    where = f"{call.operation} in {call.target.region}"
    try:
        answer: dict[str, Any] = getattr(client, xform_name(call.operation))(**params)
    except ClientError as error:
        told = error.response["Error"]
        status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        if dry_run and told.get("Code") == DRY_RUN:
            return {}
        message = f"{where}: {told.get('Code')}: {told.get('Message')}"
        raise aws_error(told.get("Code", ""), message, status=status) from None
    except ParamValidationError:
        raise AwsError(
            f"{where}: the SDK does not know such parameters; nothing was sent"
        ) from None
    except (BotoCoreError, ResponseParserError) as error:
        raise Unreachable(
            f"{where}: no answer that could be read ({type(error).__name__})"
        ) from None
    if dry_run:
        raise AwsError(f"{where}: EC2 was asked for a dry run and did not say that it was one")
    return answer
