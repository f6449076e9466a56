"""One pass over a Target: every kind of evidence that the chosen controls need, each read once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from bothup.aws.collect.kinds import collector
from bothup.aws.collect.vpn_connections import Call
from bothup.errors import (
    AwsError,
    CredentialsRejected,
    Denied,
    NotEnabled,
    Throttled,
    Unreachable,
)
from bothup.model.target import Target
from bothup.read.fields import WrongField

# What each control reads, by its id: its subject first, then what else it needs to know.
Needs = Mapping[str, Sequence[type]]
Take = Callable[[type, Sequence[Any]], None]


class Gap(msgspec.Struct, frozen=True):
    """Controls that could not be judged, or not on everything, and why."""

    controls: tuple[str, ...]
    error: AwsError


async def read(call: Call, target: Target, needs: Needs, take: Take) -> tuple[Gap, ...]:
    """Read all that is needed; evidence is handed on in pieces, as it comes in.

    What the controls need beside their subjects comes first, and whole. What cannot be read costs
    the controls that need it; the gravest gap comes first. Raises AwsError where none can be
    judged, or where AWS does not accept the credentials.
    """
    beside = {kind for kinds in needs.values() for kind in kinds[1:]}
    errors = await _read_kinds(call, target, beside, take) if beside else {}
    left = {kinds[0] for kinds in needs.values() if errors.keys().isdisjoint(kinds)}
    errors |= await _read_kinds(call, target, left, take)
    if not errors:
        return ()
    gaps = tuple(sorted(_gaps(needs, errors), key=lambda gap: _gravity(gap.error)))
    if sum(len(gap.controls) for gap in gaps) == len(needs):
        raise _as_one(gaps)
    return gaps


def told(gaps: Sequence[Gap]) -> str:
    """Say what each gap costs and why, with AWS's code where it is not that of the first."""
    first = gaps[0].error.code

    def one(gap: Gap) -> str:
        code = f"{gap.error.code}: " if gap.error.code not in (None, first) else ""
        return f"{', '.join(gap.controls)}: {code}{gap.error}"

    return "; ".join(map(one, gaps))


def _as_one(gaps: Sequence[Gap]) -> AwsError:
    """Make one error of what went wrong with everything, as grave as the gravest."""
    first = gaps[0].error
    if len({(gap.error.code, str(gap.error)) for gap in gaps}) == 1:
        return first
    return type(first)(told(gaps), first.code, retryable=first.retryable)


# What somebody has to mend comes before what may have passed when it is tried again.
_GRAVITIES: Mapping[type[AwsError], int] = {Denied: 0, NotEnabled: 0, Unreachable: 2, Throttled: 3}


def _gravity(error: AwsError) -> int:
    return next((rank for kind, rank in _GRAVITIES.items() if isinstance(error, kind)), 1)


async def _read_kinds(
    call: Call, target: Target, kinds: set[type], take: Take
) -> dict[type, AwsError]:
    """Read kinds of evidence side by side; give what went wrong with which."""
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    reading = [_read_kind(call, target, kind, take) for kind in ordered]
    ended: list[BaseException | None] = []
    if len(reading) > 1:
        ended += await asyncio.gather(*reading, return_exceptions=True)
    else:  # as most often: that needs no task
        for each in reading:
            ended.append(await _error_of(each))
    errors: dict[type, AwsError] = {}
    for kind, error in zip(ordered, ended, strict=True):
        if isinstance(error, AwsError) and not isinstance(error, CredentialsRejected):
            errors[kind] = error
        elif error is not None:
            raise error
    return errors


async def _error_of(reading: Awaitable[None]) -> AwsError | None:
    try:
        await reading
    except AwsError as error:
        return error
    return None


async def _read_kind(call: Call, target: Target, kind: type, take: Take) -> None:
    try:
        async for page in collector(kind).pages(call, target):
            take(kind, page)
    except WrongField as wrong:
        raise AwsError(f"AWS's answer makes no sense: {wrong}") from None


def _gaps(needs: Needs, errors: Mapping[type, AwsError]) -> Iterator[Gap]:
    """Yield what went wrong, with the controls that it costs; each control is named once."""
    costs: dict[type, list[str]] = {}
    for control, kinds in needs.items():
        if missing := [kind for kind in kinds if kind in errors]:
            gravest = min(missing, key=lambda kind: _gravity(errors[kind]))
            costs.setdefault(gravest, []).append(control)
    for kind, controls in costs.items():
        yield Gap(tuple(controls), errors[kind])
