"""What a VPN connection costs a month, from the dated file beside this one."""

import functools
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from bothup.model.target import Target

_FILE = Path(__file__).with_name("prices.toml")
_STANDARD = "standard"


class Prices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Dollars an hour, by Region where that is known, else by partition."""

    as_of: date
    currency: Literal["USD"]
    hours_per_month: int
    general: dict[str, float]
    regions: dict[str, float]


class Price(msgspec.Struct, frozen=True):
    """Dollars a month; `exact` where it is the Region's own price and not AWS's general one."""

    monthly: float
    exact: bool


@functools.cache
def prices() -> Prices:
    """Read the file."""
    import tomllib  # few runs ask for prices

    return msgspec.convert(tomllib.loads(_FILE.read_text("utf-8")), Prices)


def price(target: Target, charged_as: str | None) -> Price | None:
    """Say what a connection costs a month; None where that is not known."""
    if charged_as != _STANDARD or target.region is None:
        return None
    known = prices()
    own = known.regions.get(target.region)
    hourly = own if own is not None else known.general.get(target.partition)
    if hourly is None:
        return None
    return Price(round(hourly * known.hours_per_month, 2), own is not None)
