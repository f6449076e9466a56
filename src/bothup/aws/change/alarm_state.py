"""SetAlarmState: an alarm's state until it is next looked at, with all that follows from it."""

from bothup.model.alarm import Alarm
from bothup.model.call import Call

PERMISSIONS = ("cloudwatch:SetAlarmState",)


def set_state(alarm: Alarm, state: str, reason: str) -> Call:
    """Make the call; to make it twice does nothing more."""
    params = {"AlarmName": alarm.name, "StateValue": state, "StateReason": reason}
    return Call(target=alarm.target, service="cloudwatch", operation="SetAlarmState", params=params)
