"""EnableEbsEncryptionByDefault and its opposite: a setting of the account in a Region."""

from collections.abc import Iterator

from bothup.aws.change.need import Need
from bothup.aws.collect.vpn_connections import Call
from bothup.model.plan import Action, Step
from bothup.model.tunnel_settings import Settings
from bothup.read.fields import flag

ACTION = Action.EBS_ENCRYPTION


def needs(_: Step) -> Iterator[Need]:
    """Yield what the step, and its way back, must be allowed."""
    yield Need("ReadEbsEncryption", ("ec2:GetEbsEncryptionByDefault",))
    yield Need(
        "ChangeEbsEncryption",
        ("ec2:EnableEbsEncryptionByDefault", "ec2:DisableEbsEncryptionByDefault"),
        "*",
    )


async def current(call: Call, step: Step) -> Settings:
    """Read the setting as it is; raises AwsError or WrongField."""
    assert step.action is ACTION
    answer = await call("ec2", "GetEbsEncryptionByDefault", {})
    return {"EbsEncryptionByDefault": flag(answer, "EbsEncryptionByDefault")}
