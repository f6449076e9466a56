"""Make an alarm ring, wait until its actions ran, and put it back, whatever happens meanwhile."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from bothup.alarms.drill import Drilled, Page, Try
from bothup.aws.change.alarm_state import set_state
from bothup.aws.collect.alarm_history import Acted, acted
from bothup.aws.collect.topics import endpoints
from bothup.aws.collect.wanted import reason
from bothup.cli.alarm_reading import reader
from bothup.cli.reached import Reached
from bothup.errors import AwsError, Denied
from bothup.model.alarm import Alarm

_WHY = "bothup drill: nothing is wrong, this is a test of the alarm"
_BACK = "bothup drill: the test is over"
_POLL = 1.0


async def drill(way: Reached, each: Try, *, wait: float | None) -> Drilled:
    """Drill one alarm; what AWS says against it is in what comes back.

    Its pages are given `wait` seconds; None is as long as they may take.
    """
    wait = each.patience if wait is None else wait
    alarm = each.alarm
    if not each.acting:
        return Drilled(alarm=alarm.name, skipped="it tells nobody")
    if any(one.state == "ALARM" for one in (alarm, *each.acting)):
        return Drilled(alarm=alarm.name, skipped="it rings already")
    try:
        before = {one.name: await _acted(way, one) for one in each.acting}
        pages = await _rung(way, each, before, wait)
    except AwsError as error:
        return Drilled(alarm=alarm.name, skipped=reason(error))
    return Drilled(alarm=alarm.name, pages=tuple(page for found in pages for page in found))


async def _rung(
    way: Reached, each: Try, before: dict[str, tuple[Acted, ...]], wait: float
) -> list[tuple[Page, ...]]:
    """Have the alarm ring and see what comes of it; raises AwsError."""
    try:
        began = time.monotonic()
        await way.access.repeat(set_state(each.alarm, "ALARM", _WHY))
        return await asyncio.gather(
            *(_pages(way, one, before[one.name], began, wait) for one in each.acting)
        )
    finally:
        # A call without an answer may have been carried out all the same.
        await asyncio.shield(_put_back(way, each.alarm))


async def _put_back(way: Reached, alarm: Alarm) -> None:
    """Put the alarm into the state that it had; raises AwsError, which says that it may ring."""
    try:
        await way.access.repeat(set_state(alarm, alarm.state or "OK", _BACK))
    except Denied:
        raise  # whoever may not set a state has not set one
    except AwsError as error:
        text = f"{reason(error)}; it may still be in ALARM, until CloudWatch looks at it again"
        raise AwsError(text) from error


async def _pages(
    way: Reached, alarm: Alarm, before: Sequence[Acted], began: float, wait: float
) -> tuple[Page, ...]:
    """Wait until each of the alarm's actions is in its history."""
    found: dict[str, Page] = {}
    while True:
        for new in await _acted(way, alarm):
            if new not in before and new.resource in alarm.actions and new.resource not in found:
                seconds = round(time.monotonic() - began, 1)
                found[new.resource] = Page(
                    alarm=alarm.name, topic=new.resource, seconds=seconds, error=new.error
                )
        if len(found) == len(set(alarm.actions)) or time.monotonic() - began > wait:
            break
        await asyncio.sleep(_POLL)
    pages = (found.get(arn, Page(alarm=alarm.name, topic=arn)) for arn in alarm.actions)
    return tuple([await _with_endpoints(way, alarm, page) for page in pages])


async def _acted(way: Reached, alarm: Alarm) -> tuple[Acted, ...]:
    return await acted(partial(way.access.read, alarm.target), alarm.name)


async def _with_endpoints(way: Reached, alarm: Alarm, page: Page) -> Page:
    import msgspec

    if ":sns:" not in page.topic:
        return page
    try:
        heard = await endpoints(reader(way, alarm.target, page.topic), page.topic)
    except AwsError as error:
        heard = (f"unknown: {reason(error)}",)
    return msgspec.structs.replace(page, endpoints=heard)
