"""Write `shapes.json` anew from botocore's data: `python -m bothup.aws.wire.generate`."""

import msgspec

from bothup.aws.wire.shapes import TABLE, ServiceModel, sdk_model

# What every run calls, whatever it is for.
EVERY_RUN = {
    "ec2": ("DescribeRegions", "DescribeVpnConnections"),
    "sts": ("AssumeRole", "GetCallerIdentity"),
}


def models() -> dict[str, ServiceModel]:
    """Return the models of those operations as botocore has them today."""
    return {service: sdk_model(service).only(names) for service, names in EVERY_RUN.items()}


def rendered() -> bytes:
    """Return the file's content, indented so that a change shows in a diff."""
    text = msgspec.json.format(msgspec.json.encode(models()), indent=1)
    return text + b"\n"


if __name__ == "__main__":
    TABLE.write_bytes(rendered())
