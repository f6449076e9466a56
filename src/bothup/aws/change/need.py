"""Need: what a step's calls must be allowed, on which resources."""

import msgspec

from bothup.model.plan import Step


class Need(msgspec.Struct, frozen=True):
    """Actions on one resource; `purpose` is a word for both."""

    purpose: str
    actions: tuple[str, ...]
    resource: str = "*"


def ec2_arn(step: Step, resource: str) -> str:
    """Give the ARN of an EC2 resource of the step's Target ("vpn-connection/vpn-…")."""
    return f"arn:{step.target.partition}:ec2:{step.region}:{step.account}:{resource}"


def alarm_arn(step: Step) -> str:
    """Give the ARN of the alarm that the step is about."""
    where = f"arn:{step.target.partition}:cloudwatch:{step.region}:{step.account}"
    return f"{where}:alarm:{step.resource}"


def logs_arn(step: Step, resource: str) -> str:
    """Give the ARN of a CloudWatch Logs resource of the step's Target ("log-group:…")."""
    return f"arn:{step.target.partition}:logs:{step.region}:{step.account}:{resource}"


def monitor_arn(step: Step) -> str:
    """Give the ARN of the monitor that the step is about."""
    where = f"arn:{step.target.partition}:networkmonitor:{step.region}:{step.account}"
    return f"{where}:monitor/{step.resource}"
