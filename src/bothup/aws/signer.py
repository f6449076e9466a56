"""Signer: whose credentials sign the calls to a Target, valid at the time of the call."""

from typing import Protocol

from bothup.aws.budget import Budget
from bothup.aws.session import Session
from bothup.aws.wire import Credentials


class Signer(Protocol):
    """Gives credentials; `renewed` is called when AWS said that the last ones had expired."""

    async def credentials(self) -> Credentials:
        """Return credentials that are valid now."""
        ...

    async def renewed(self, expired: Credentials) -> Credentials:
        """Return credentials other than the expired ones."""
        ...


class OwnCredentials:
    """The credentials at hand, as the SDK finds them; the SDK renews what it can renew."""

    def __init__(self, session: Session, run: Budget | None = None) -> None:
        """Find nothing yet: the first call does, while there is time left of the run."""
        self._session, self._run = session, run
        self._known: Credentials | None = None

    async def credentials(self) -> Credentials:
        """Return the SDK's credentials; raises UsageError for none, Unreachable when late."""
        if self._known is None or self._known.token is not None:
            self._known = await self._session.credentials(self._run)
        return self._known

    async def renewed(self, expired: Credentials) -> Credentials:  # noqa: ARG002 - the SDK knows
        """Ask the SDK again: it renews credentials that it can renew."""
        self._known = await self._session.credentials(self._run)
        return self._known
