"""Stopped EC2 instances should be removed after a specified time period

## What it checks
The control fails for an instance that has been stopped for more days than AllowedDays, which is 30
unless the configuration says otherwise (1 to 365): `AllowedDays = 60` under
`[parameters."EC2.4"]`. Since when is told by the reason of its last transition; where that names no
time, the time of its launch counts, which a notice says. Running instances pass.

## Why it matters
An instance that has not run for a month is not patched, and comes back as it was: with old
software and with the access that it had. Its volumes and addresses are charged meanwhile.

## How to fix it
Find out whether it is still wanted, by its tags and its owner. If not, keep an image of it and
terminate it: `aws ec2 create-image --instance-id INSTANCE_ID --name NAME`, then
`aws ec2 terminate-instances --instance-ids INSTANCE_ID`. Nothing here does that by itself: what is
terminated does not come back.

## When it is a false positive
A machine that is kept ready for a disaster, or that runs once a quarter, is stopped on purpose:
mute it, or raise AllowedDays. Where the time of the launch had to be taken, it may have been
stopped for a shorter time.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from bothup.model.control import Control
from bothup.model.finding import Reason, Severity, Verdict
from bothup.model.fixing import command
from bothup.model.instance import GONE, Instance
from bothup.model.verdicts import failed, not_applicable, passed, unknown

CONTROL = Control(
    id="EC2.4",
    severity=Severity.MEDIUM,
    resource="AWS::EC2::Instance",
    config_rule="ec2-stopped-instance-days-check",
    config_lag="up to 24 hours",
    groups=("path",),
)

_STOPPED, _OTHERS = "stopped", frozenset({"pending", "running", "stopping"})
_BY_LAUNCH = Reason(code="since-launch", text="AWS does not say since when: its launch counts")


class Parameters(
    msgspec.Struct, frozen=True, kw_only=True, rename="pascal", forbid_unknown_fields=True
):
    """Security Hub's parameter of the control."""

    allowed_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30


def judge(instance: Instance, parameters: Parameters) -> Verdict:
    """Judge for how long an instance has been stopped."""
    if instance.state in GONE:
        return not_applicable(f"state-{instance.state}", f"the instance is {instance.state}")
    if instance.state in _OTHERS:
        return passed("not-stopped", f"the instance is {instance.state}")
    if instance.state != _STOPPED:
        return unknown("state-unknown", "AWS does not say whether the instance is stopped")
    since = instance.stopped_at or instance.launched_at
    if since is None:
        return unknown("time-unknown", "AWS does not say since when the instance is stopped")
    notices = () if instance.stopped_at else (_BY_LAUNCH,)
    stopped, allowed = instance.observed_at - since, timedelta(days=parameters.allowed_days)
    days = f"{max(stopped.days, 0)} days ago; {allowed.days} are allowed"
    text = f"stopped since {since:%Y-%m-%d}, {days}"
    if stopped > allowed:
        return failed("stopped-too-long", text, notices=notices)
    return passed("stopped-recently", text, notices=notices)


def fix(instance: Instance, parameters: Parameters) -> Iterator[str]:
    """Yield the command that keeps an image, and the one that ends the instance, as a remark."""
    yield f"# AllowedDays is {parameters.allowed_days}; an image keeps what is on the instance:"
    name = f"before-removal-of-{instance.id}"
    yield command(instance.target, "CreateImage", InstanceId=instance.id, Name=name)
    yield "# then, once the image is available, and if nobody needs it: it does not come back"
    yield f"# {command(instance.target, 'TerminateInstances', InstanceIds=[instance.id])}"
