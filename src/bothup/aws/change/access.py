"""Access: reading over the wire, and changing through the SDK's own clients, in many accounts.

Reads are repeated when they fail, and so is what changes nothing more when it is made twice; any
other call that changes something is sent once. Whether it took effect when no answer came back is
found out by reading, never by sending it again.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.sdk import Sdk, send
from bothup.aws.signer import Signer
from bothup.errors import AwsError, UsageError
from bothup.model.call import Call
from bothup.model.target import Target

READ_SECONDS = 60.0
SEND_SECONDS = 60.0
# Many calls to one Target wait for their turns.
PATIENCE = 900.0
CONNECT_SECONDS = 10.0
DRY_RUN = "DryRunOperation"


def changing(profile: str | None = None) -> Sdk:
    """Make clients that wait for an answer for as long as changing something may take."""
    return Sdk(profile, timeout=SEND_SECONDS, connect=CONNECT_SECONDS, connections=10)


class Access:
    """Reaches Targets; `signers` are by account id, and under None for whatever is not named."""

    def __init__(self, caller: Caller, signers: Mapping[str | None, Signer], sdk: Sdk) -> None:
        """Read with `caller`, and change with the clients of `sdk`."""
        self._caller, self._signers, self._sdk = caller, signers, sdk

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
        await self._sdk.client(target, service, await self._signer(target).credentials())

    async def send(self, call: Call, *, dry_run: bool = False) -> None:
        """Make a call once; `dry_run` has EC2 check it and change nothing.

        The answer may hold secrets, so it is dropped. Raises AwsError, which is Unreachable where
        no answer came back that could be read: the call may then have taken effect.
        """
        if not dry_run:
            await self._send(call, call.params)
            return
        try:
            await self._send(call, {**call.params, "DryRun": True})
        except AwsError as error:
            if error.code == DRY_RUN:
                return
            raise
        raise AwsError(f"{call.operation}: EC2 was asked for a dry run and did not say that it was")

    async def repeat(self, call: Call) -> None:
        """Make a call that may be made twice, paced, again where it fails; raises AwsError."""
        await self._call(call.target, call.service, call.operation, call.params, PATIENCE)

    async def ask(self, call: Call) -> dict[str, Any]:
        """Make a call that only reads, to a service that `read` does not speak with."""
        return await self._send(call, call.params)

    def _signer(self, target: Target) -> Signer:
        found = self._signers.get(target.account) or self._signers.get(None)
        if found is None:
            raise UsageError(f"no credentials for account {target.account}")
        return found

    async def _send(self, call: Call, params: Mapping[str, Any]) -> dict[str, Any]:
        credentials = await self._signer(call.target).credentials()
        client = await self._sdk.client(call.target, call.service, credentials)
        return await asyncio.to_thread(send, client, call.operation, params, credentials)
