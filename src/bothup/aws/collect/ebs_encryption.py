"""Whether the account encrypts new EBS volumes in a Region."""

from collections.abc import AsyncIterator, Sequence

from bothup.aws.collect.vpn_connections import Call
from bothup.model.account import EbsDefaultEncryption
from bothup.model.target import Target
from bothup.read.fields import flag

PERMISSIONS = ("ec2:GetEbsEncryptionByDefault",)


async def pages(call: Call, target: Target) -> AsyncIterator[Sequence[EbsDefaultEncryption]]:
    """Yield the one setting.

    Raises AwsError where AWS gives no answer, WrongField for an answer that makes no sense.
    """
    answer = await call("ec2", "GetEbsEncryptionByDefault", {})
    enabled = flag(answer, "EbsEncryptionByDefault")
    yield [EbsDefaultEncryption(id=target.account or "-", target=target, enabled=enabled)]
