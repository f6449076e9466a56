"""Caller: who makes a call, and the keys by which the simulated AWS knows them."""

import secrets
import threading
from datetime import UTC, datetime, timedelta

import msgspec

from bothup.sim.ids import letters
from bothup.sim.scenario import Account, Role, Scenario


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """A principal: a user, or a session of a role (`role` is then the role's name).

    `policies` bound what it may do, each a list of allowed actions; () is "everything".
    """

    account: str
    arn: str
    user_id: str
    role: str | None = None
    policies: tuple[tuple[str, ...], ...] = ()


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An access key; one with a `token` ends at `expires`, in real time."""

    id: str
    secret: str
    caller: Caller
    token: str | None = None
    expires: datetime | None = None


class KeyRing:
    """Every access key: one long-lived for each account, and those that AssumeRole gave out."""

    def __init__(self, scenario: Scenario) -> None:
        self._lock = threading.Lock()
        self._users = {account.id: _user_key(scenario, account) for account in scenario.accounts}
        self._keys = {key.id: key for key in self._users.values()}

    def user(self, account: str) -> Key:
        """The long-lived key of the account's own user."""
        return self._users[account]

    def find(self, key_id: str) -> Key | None:
        """The key with that id."""
        return self._keys.get(key_id)

    def session(self, account: Account, role: Role, name: str, seconds: int) -> Key:
        """A new key for a session of `role` that lasts `seconds`."""
        role_id = "AROA" + letters(17, "role", account.id, role.name)
        key = Key(
            id="ASIA" + letters(16, secrets.token_hex()),
            secret="SIMSECRET" + secrets.token_urlsafe(24),
            token="SIMTOKEN" + secrets.token_urlsafe(120),
            expires=datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds),
            caller=Caller(
                account=account.id,
                arn=f"arn:aws:sts::{account.id}:assumed-role/{role.name}/{name}",
                user_id=f"{role_id}:{name}",
                role=role.name,
                policies=_policies(account.policy, role.policy),
            ),
        )
        with self._lock:
            self._keys[key.id] = key
        return key

    def expire_sessions(self) -> None:
        """End every session now."""
        ended = datetime.now(UTC) - timedelta(seconds=1)
        with self._lock:
            for key in list(self._keys.values()):
                if key.expires:
                    self._keys[key.id] = msgspec.structs.replace(key, expires=ended)


def _user_key(scenario: Scenario, account: Account) -> Key:
    name = scenario.name, account.id
    return Key(
        id="AKIA" + letters(16, "key", *name),
        secret="SIMSECRET" + letters(31, "secret", *name),
        caller=Caller(
            account=account.id,
            arn=f"arn:aws:iam::{account.id}:user/operator",
            user_id="AIDA" + letters(17, "user", *name),
            policies=_policies(account.policy),
        ),
    )


def _policies(*policies: tuple[str, ...] | None) -> tuple[tuple[str, ...], ...]:
    return tuple(policy for policy in policies if policy is not None)
