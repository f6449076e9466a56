"""Attached Amazon EBS volumes should be encrypted at-rest

## What it checks
The control fails for an EBS volume that is attached to an instance and is not encrypted. A volume
that is attached to nothing is NOT_APPLICABLE.

## Why it matters
Encryption protects what is on the disk where the disk leaves the account's hands: in snapshots that
are shared by mistake, and on hardware that is thrown away. Many rules of data protection want it.

## How to fix it
A volume cannot be encrypted in place. Stop the instance, or freeze the file system, then:
1. `aws ec2 create-snapshot --volume-id VOLUME_ID`
2. `aws ec2 copy-snapshot --source-snapshot-id SNAPSHOT_ID --source-region REGION --encrypted`
3. `aws ec2 create-volume --snapshot-id COPY_ID --availability-zone ZONE`
4. `aws ec2 detach-volume`, `aws ec2 attach-volume` with the same device name.

Turn on encryption by default (EC2.7), so that no new volume needs it. No step of this is automated:
it stops a machine.

## When it is a false positive
A volume whose file system is encrypted by the operating system is safe in the same way; say so in
the mute, for AWS cannot see it.
"""

import shlex
from collections.abc import Iterator

from bothup.model.control import Control
from bothup.model.finding import Severity, Verdict
from bothup.model.fixing import region
from bothup.model.verdicts import failed, not_applicable, passed, unknown
from bothup.model.volume import Volume

CONTROL = Control(
    id="EC2.3",
    severity=Severity.MEDIUM,
    resource="AWS::EC2::Volume",
    config_rule="encrypted-volumes",
    config_lag="some minutes",
    groups=("path",),
)


def judge(volume: Volume) -> Verdict:
    """Judge a volume that is attached."""
    if volume.instances is None:
        return unknown("attachment-unknown", "AWS does not say whether it is attached")
    if not volume.instances:
        return not_applicable("not-attached", "the volume is attached to nothing")
    where = ", ".join(filter(None, volume.instances)) or "an instance"
    if volume.encrypted is None:
        return unknown("encryption-unknown", "AWS does not say whether it is encrypted")
    if volume.encrypted:
        return passed("encrypted", "the volume is encrypted")
    return failed("not-encrypted", f"the volume is attached to {where} and not encrypted")


def fix(volume: Volume) -> Iterator[str]:
    """Yield the way to an encrypted copy; a person has to stop the instance, and attach it."""
    where, name = region(volume.target), shlex.quote(volume.id)
    yield f"# stop {', '.join(volume.instances or ())}, or freeze the file system, before this"
    yield (
        f"snapshot=$(aws ec2 create-snapshot --region {where} --volume-id {name} "
        "--query SnapshotId --output text)"
    )
    yield f'aws ec2 wait snapshot-completed --region {where} --snapshot-ids "$snapshot"'
    yield (
        f"copy=$(aws ec2 copy-snapshot --region {where} --source-region {where} "
        '--source-snapshot-id "$snapshot" --encrypted --query SnapshotId --output text)'
    )
    yield f'aws ec2 wait snapshot-completed --region {where} --snapshot-ids "$copy"'
    yield (
        f"zone=$(aws ec2 describe-volumes --region {where} --volume-ids {name} "
        "--query 'Volumes[0].AvailabilityZone' --output text)"
    )
    yield (
        f'aws ec2 create-volume --region {where} --snapshot-id "$copy" --availability-zone "$zone"'
    )
    yield f"# detach {volume.id}, and attach the new volume in its place, by the same device name"
