"""Account and Region of a record: what the record itself says goes before what it was given."""

from bothup.model.target import Target
from bothup.read.fields import Record, WrongField, kind, text

_ACCOUNT_KEYS = ("Account", "account", "OwnerId", "AwsAccountId", "AccountId")
_REGION_KEYS = ("Region", "region", "AwsRegion")
LABELS = frozenset(_ACCOUNT_KEYS + _REGION_KEYS)
_ACCOUNT_DIGITS = 12


def target_of(record: Record, given: Target) -> Target:
    """Give the Target that a record is labelled with; raises WrongField where a label is none."""
    if LABELS.isdisjoint(record):
        return given
    account = next((found for key in _ACCOUNT_KEYS if (found := _account(record, key))), None)
    region = next((found for key in _REGION_KEYS if (found := text(record, key))), None)
    return labelled(account, region, given)


def labelled(account: str | None, region: str | None, given: Target) -> Target:
    """Put what is said in place of what is given."""
    if not account and not region:
        return given
    return Target(account=account or given.account, region=region or given.region)


def _account(record: Record, key: str) -> str | None:
    """Read an account id; a program that takes it for a number drops its leading zeros."""
    value = record.get(key)
    if type(value) is int and 0 < value < 10**_ACCOUNT_DIGITS:
        return f"{value:0{_ACCOUNT_DIGITS}}"
    if value is not None and not isinstance(value, str):
        raise WrongField(key, "an account id", kind(value))
    return text(record, key)
