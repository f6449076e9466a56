"""How long the pages of a drill are given."""

from bothup.alarms.drill import Try
from bothup.model.alarm import Alarm
from bothup.model.target import Target

TARGET = Target(account="111122223333", region="eu-central-1")


def alarm(name: str, *, composite: bool = False, **settings: object) -> Alarm:
    return Alarm(name=name, arn=name, target=TARGET, composite=composite, settings=settings)


def test_a_page_is_given_what_a_composite_alarm_waits_and_three_minutes() -> None:
    plain = alarm("plain")
    muted = alarm("muted", composite=True, ActionsSuppressor="x", ActionsSuppressorWaitPeriod=300)
    free = alarm("free", composite=True, ActionsSuppressorWaitPeriod=300)
    assert [Try(alarm=each, acting=(each,)).patience for each in (plain, muted, free)] == [
        *(180, 480, 180),
    ]
