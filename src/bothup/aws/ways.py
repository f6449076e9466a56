"""Ways: how to call any service in any Target at hand."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from bothup.aws.account import Account
from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.clients import Clients
from bothup.aws.collect.vpn_connections import Call
from bothup.errors import UsageError
from bothup.model.target import Target

# So many calls are on their way at once, for all connections that are looked at.
_IN_FLIGHT = 32


class Ways:
    """Finds whose credentials sign, and what carries the call: the wire for EC2, else the SDK."""

    def __init__(
        self, caller: Caller, clients: Clients, accounts: Iterable[Account], run: Budget
    ) -> None:
        """Call as the signers of the accounts, within the run's budget."""
        self._caller, self._clients, self._run = caller, clients, run
        self._signers = {each.id: each.signer for each in accounts}
        self._free = asyncio.Semaphore(_IN_FLIGHT)

    def to(self, target: Target, seconds: float, *, each: bool = False) -> Call:
        """Give the way to a Target, open for so many seconds from now, or `each` call for as many.

        Where many queue for one slow operation, a common end would starve the last of them; then
        the run's own budget bounds them all.

        Raises UsageError where no account at hand is the Target's.
        """
        signer = self._signers.get(target.account) or self._signers.get(None)
        if signer is None:
            raise UsageError(f"no credentials for account {target.account}")
        shared = Budget.of(seconds, self._run)

        async def call(service: str, name: str, params: Mapping[str, Any], /) -> dict[str, Any]:
            async with self._free:
                budget = Budget.of(seconds, self._run) if each else shared
                if service != "ec2":
                    return await self._clients.call(
                        service, name, params, signer=signer, target=target, budget=budget
                    )
                return await self._caller.call(
                    service,
                    name,
                    params,
                    signer=signer,
                    account=target.account or "",
                    region=target.region or "",
                    budget=budget,
                )

        return call
