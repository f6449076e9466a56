"""What the flags select: accounts, and how they are reached; Regions; a part of a fleet."""

import re
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from bothup.aws.selection import Selection
from bothup.aws.session import check_region
from bothup.cli.options import Reach
from bothup.engine.controls import Rule
from bothup.errors import UsageError
from bothup.model.scan import Asked
from bothup.model.target import Target, partition_of

Wanted = Callable[[Target], bool]


def selection(reach: Reach) -> Selection:
    """Say which accounts are to be read, and by which roles."""
    return Selection(
        named=(*_split(reach.account), *_listed(reach.accounts)),
        org=reach.org,
        units=_split(reach.ou),
        include=reach.include,
        exclude=reach.exclude,
        role_name=reach.role_name,
        external_id=reach.external_id,
        session_name=reach.session_name,
        chain=reach.role_chain,
    )


def regions(named: Sequence[str]) -> tuple[str, ...] | None:
    """Return the Regions that were named, None for all that are enabled."""
    found = _split(named)
    if not found or found == ("all",):
        return None
    if "all" in found:
        raise UsageError("--region all stands for every enabled Region; name no others with it")
    checked = tuple(check_region(region) for region in found)
    if len({partition_of(region) for region in checked}) > 1:
        raise UsageError(
            f"--region: {', '.join(checked)} are of several partitions; an account is in one"
        )
    return checked


def asked(reach: Reach, shard: str | None, rules: Sequence[Rule]) -> Asked:
    """Say what is to be read and judged by; what is the same is said the same."""
    chosen = selection(reach)
    return Asked(
        accounts=_sorted(chosen.named),
        org=chosen.org,
        ou=_sorted(chosen.units),
        include=_sorted(chosen.include),
        exclude=_sorted(chosen.exclude),
        role_chain=chosen.chain,
        region=_sorted(regions(reach.region) or ()),
        shard=shard or "",
        control=tuple(rule.control.id for rule in rules),
    )


def shard_of(text: str | None) -> Wanted:
    """Read --shard i/n: which part of all Targets this run reads; the parts are the same always.

    Raises UsageError for what is no such fraction.
    """
    if text is None:
        return lambda _: True
    match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
    part, parts = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= part <= parts:
        raise UsageError(f"--shard {text!r}; expected i/n with i from 1 to n, as 2/3")
    return lambda target: (
        zlib.crc32(f"{target.account}/{target.region}".encode()) % parts == part - 1
    )


def _sorted(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _split(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(each.strip() for value in values for each in value.split(",") if each.strip())


def _listed(listed: str | None) -> tuple[str, ...]:
    """Read --accounts: ids with commas between them, or a file with one on each line."""
    if listed is None:
        return ()
    if re.fullmatch(r"[\d,\s]*\d[\d,\s]*", listed):
        return _split([listed])
    try:
        lines = Path(listed).read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"--accounts {listed}: not a text file") from None
    except OSError as error:
        raise UsageError(f"--accounts {listed}: {error.strerror}") from None
    found = _split([line.partition("#")[0] for line in lines])
    if not found:
        raise UsageError(f"--accounts {listed}: no account is listed there")
    return found
