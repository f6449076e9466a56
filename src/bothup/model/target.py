"""Target: one (account, Region) pair; Coverage: what became of it."""

import enum
from functools import lru_cache

import msgspec


class Target(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One account in one Region. None stands for "the input does not say"."""

    account: str | None = None
    region: str | None = None

    @property
    def partition(self) -> str:
        """The partition that the Region belongs to."""
        return partition_of(self.region) if self.region else "aws"

    def ec2_arn(self, resource: str) -> str | None:
        """ARN of an EC2 resource ("vpn-connection/vpn-…"), None where the Target is not known."""
        if self.account is None or self.region is None:
            return None
        return f"arn:{self.partition}:ec2:{self.region}:{self.account}:{resource}"


@lru_cache(maxsize=256)
def partition_of(region: str) -> str:
    """Name the partition of a Region: "aws", or another one that the Region's prefix tells."""
    found = (name for prefix, name in _PREFIXES.items() if region.startswith(prefix))
    return next(found, "aws")


_PREFIXES = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "eusc-": "aws-eusc",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
}


class CoverageStatus(enum.StrEnum):
    """What became of a Target; everything but READ makes the run incomplete."""

    READ = "read"
    DENIED = "denied"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    NOT_ENABLED = "not_enabled"
    FAILED = "failed"


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one Target, with AWS's own error code where there is one.

    `controls` are those that could not be judged there, or not everywhere, where others could.
    """

    account: str | None = None
    region: str | None = None
    status: CoverageStatus
    error_code: str | None = None
    message: str | None = None
    controls: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
