"""A role assumed in an account: STS is asked once, and again five minutes before it expires."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.signer import Signer
from bothup.aws.wire import Credentials
from bothup.errors import AwsError

PERMISSIONS = ("sts:AssumeRole",)
RENEW_BEFORE = timedelta(minutes=5)
# An AssumeRole that has not succeeded by then will not.
ASSUME_SECONDS = 30.0


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """Which role to assume, and how. `region` is that of the STS endpoint to ask."""

    arn: str
    session_name: str
    external_id: str | None = None
    region: str


class AssumedRole:
    """Signs with a role's credentials, which another signer fetches."""

    def __init__(
        self,
        role: Role,
        source: Signer,
        source_account: str,
        *,
        caller: Caller,
        run: Budget,
        seconds: float = ASSUME_SECONDS,
    ) -> None:
        """Assume nothing yet; `source_account` pays for the calls to STS.

        Each time, `seconds` at most are spent on it, ASSUME_SECONDS where that is less.
        """
        self._role, self._source, self._caller, self._run = role, source, caller, run
        self._seconds = min(seconds, ASSUME_SECONDS)
        self._source_account = source_account
        self._lock = asyncio.Lock()
        self._known: Credentials | None = None
        self._expires = datetime.min.replace(tzinfo=UTC)

    async def credentials(self) -> Credentials:
        """Return the role's credentials; raises AwsError where STS does not give them."""
        if self._known is not None and self._lasts:
            return self._known
        async with self._lock:
            if self._known is None or not self._lasts:
                self._known = await self._assume()
            return self._known

    @property
    def _lasts(self) -> bool:
        return self._expires - self._caller.now() >= RENEW_BEFORE

    async def renewed(self, expired: Credentials) -> Credentials:
        """Assume the role anew, unless another call has done so meanwhile."""
        async with self._lock:
            if self._known is None or self._known == expired:
                self._known = await self._assume()
            return self._known

    async def _assume(self) -> Credentials:
        params: dict[str, Any] = {
            "RoleArn": self._role.arn,
            "RoleSessionName": self._role.session_name,
        }
        if self._role.external_id is not None:
            params["ExternalId"] = self._role.external_id
        try:
            answer = await self._caller.call(
                "sts",
                "AssumeRole",
                params,
                signer=self._source,
                account=self._source_account,
                region=self._role.region,
                budget=Budget.of(self._seconds, self._run),
            )
        except AwsError as error:
            error.args = (f"cannot assume {self._role.arn}: {error}",)
            raise
        given = answer["Credentials"]
        self._expires = given["Expiration"]
        return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
