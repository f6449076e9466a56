"""EC2 instances should use Instance Metadata Service Version 2 (IMDSv2)

## What it checks
The control fails for an instance whose metadata service answers without a session token: HttpTokens
is `optional`. It passes where tokens are `required`. Terminated instances are NOT_APPLICABLE.

## Why it matters
The metadata service hands out the credentials of the instance's role. Version 1 answers any plain
GET, so that an application that fetches addresses for its users can be made to fetch those; version
2 asks for a token first, which such an application does not send.

## How to fix it
See first that nothing on the instance uses version 1: the metric MetadataNoToken (namespace
AWS/EC2) stays 0 for some days. Then:
`aws ec2 modify-instance-metadata-options --instance-id INSTANCE_ID --http-tokens required`
It takes effect at once, without a restart. `bothup plan --only EC2.8` plans it. For new
instances:
`aws ec2 modify-instance-metadata-defaults --http-tokens required`

## When it is a false positive
Where the metadata service is switched off (HttpEndpoint `disabled`), nobody can ask it anything; a
notice says so. AWS fails the instance all the same.
"""

from collections.abc import Iterator

from bothup.model.control import Control
from bothup.model.finding import Reason, Severity, Verdict
from bothup.model.fixing import command
from bothup.model.instance import GONE, Instance
from bothup.model.verdicts import failed, not_applicable, passed, unknown

CONTROL = Control(
    id="EC2.8",
    severity=Severity.HIGH,
    resource="AWS::EC2::Instance",
    config_rule="ec2-imdsv2-check",
    config_lag="some minutes",
    groups=("path",),
)

_SILENT = Reason(code="endpoint-disabled", text="the metadata service is switched off")


def judge(instance: Instance) -> Verdict:
    """Judge whether the metadata service asks for a token."""
    if instance.state in GONE:
        return not_applicable(f"state-{instance.state}", f"the instance is {instance.state}")
    notices = (_SILENT,) if instance.http_endpoint == "disabled" else ()
    if instance.http_tokens == "required":
        return passed("tokens-required", "the metadata service asks for tokens", notices=notices)
    if instance.http_tokens == "optional":
        text = "the metadata service answers without a token"
        return failed("tokens-optional", text, notices=notices)
    return unknown("tokens-unknown", "AWS does not say whether tokens are required")


def fix(instance: Instance) -> Iterator[str]:
    """Yield the command that asks for tokens."""
    yield "# see first that MetadataNoToken (namespace AWS/EC2) has been 0 for some days"
    yield command(
        instance.target,
        "ModifyInstanceMetadataOptions",
        InstanceId=instance.id,
        HttpTokens="required",
    )
