"""EBS default encryption should be enabled

## What it checks
The control fails for an account in a Region where new EBS volumes, and copies of snapshots, are not
encrypted unless somebody asks for it. It is a setting of the account in each Region.

## Why it matters
Whoever makes a volume has to think of encrypting it; with the default on, nobody has to. A volume
that was made without cannot be encrypted later but by copying it (EC2.3).

## How to fix it
Turn it on in each Region; what is there already stays as it is:
`aws ec2 enable-ebs-encryption-by-default`
Choose a key of your own with `aws ec2 modify-ebs-default-kms-key-id` where volumes or snapshots are
shared with other accounts, which AWS's own key cannot be. `bothup plan --only EC2.7` plans it.

## When it is a false positive
In a Region in which nothing may be made (a service control policy denies it), the setting has no
effect. Turning it on costs nothing there either.
"""

from collections.abc import Iterator

from bothup.model.account import EbsDefaultEncryption
from bothup.model.control import Control
from bothup.model.finding import Severity, Verdict
from bothup.model.fixing import command
from bothup.model.verdicts import failed, passed, unknown

CONTROL = Control(
    id="EC2.7",
    severity=Severity.MEDIUM,
    resource="AWS::::Account",
    config_rule="ec2-ebs-encryption-by-default",
    config_lag="up to 24 hours",
    groups=("path",),
)


def judge(setting: EbsDefaultEncryption) -> Verdict:
    """Judge the account's setting in the Region."""
    if setting.enabled is None:
        return unknown("setting-unknown", "AWS does not say whether it is on")
    if setting.enabled:
        return passed("encrypted-by-default", "new volumes are encrypted")
    return failed("not-encrypted-by-default", "new volumes are not encrypted unless asked for")


def fix(setting: EbsDefaultEncryption) -> Iterator[str]:
    """Yield the command that turns it on."""
    yield command(setting.target, "EnableEbsEncryptionByDefault")
