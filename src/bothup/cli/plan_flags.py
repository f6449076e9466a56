"""Flags of `bothup plan`: what is planned, for which resources, and where logs go."""

import re
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Group, Parameter

from bothup.cli.choice import Choice
from bothup.cli.flags import flag
from bothup.engine.plan import Wishes
from bothup.errors import UsageError
from bothup.model.remedy import FlowLogWish, LogGroup
from bothup.model.window import parse_window

# What CloudWatch Logs takes as retention (PutRetentionPolicy, API Reference).
RETENTIONS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557),
    *(2922, 3288, 3653),
)
_LONGEST_NAME = 512
_PLAN, _LOGS = Group("Plan", sort_key=0), Group("Logs", sort_key=0.5)


@Parameter(name="*")
@dataclass(frozen=True)
class What:
    """What is planned, and for which resources."""

    connection: Annotated[
        tuple[str, ...], flag("The same as an argument, repeatable.", group=_PLAN)
    ] = ()
    tag: Annotated[
        tuple[str, ...],
        flag("Only what has this tag, key=value with globs, repeatable.", group=_PLAN),
    ] = ()
    evidence: Annotated[
        tuple[str, ...],
        flag(
            "Bundle that `bothup collect` wrote, or - for stdin, repeatable: plan from it, and ask "
            "AWS for nothing.",
            group=_PLAN,
        ),
    ] = ()
    only: Annotated[
        tuple[str, ...],
        flag(
            "Only this remedy, or those of this control (EC2.13), repeatable. Remedies for other "
            "things than VPN are planned only so.",
            group=_PLAN,
        ),
    ] = ()
    skip: Annotated[tuple[str, ...], flag("Without this remedy, repeatable.", group=_PLAN)] = ()
    max_steps: Annotated[int | None, flag("Plan no more than so many changes.", group=_PLAN)] = None
    window: Annotated[
        str | None,
        flag('When apply may start a step, as "Sun 02:00-04:00 Europe/Berlin".', group=_PLAN),
    ] = None

    def choice(self, ids: tuple[str, ...]) -> Choice:
        """Say which resources are meant."""
        return Choice(ids=(*ids, *self.connection), tags=self.tag)


@Parameter(name="*")
@dataclass(frozen=True)
class Logs:
    """Where logs go that are turned on."""

    log_group: Annotated[
        str,
        flag("Log group of the tunnels, created where missing (/aws/vendedlogs/vpn).", group=_LOGS),
    ] = "/aws/vendedlogs/vpn"
    client_log_group: Annotated[
        str,
        flag(
            "Log group of Client VPN, created where missing (/aws/clientvpn/connections).",
            group=_LOGS,
        ),
    ] = "/aws/clientvpn/connections"
    log_retention: Annotated[
        int,
        flag(
            "Days that a log group which is created keeps its logs (365; 0: for ever).", group=_LOGS
        ),
    ] = 365
    log_kms_key: Annotated[
        str | None, flag("ARN of the KMS key of a log group which is created.", group=_LOGS)
    ] = None

    flow_log_bucket: Annotated[
        str | None,
        flag("ARN of the bucket for flow logs, with a prefix if need be (EC2.6).", group=_LOGS),
    ] = None

    def group(self, flag: str, name: str) -> LogGroup:
        """Make a log group of that name; raises UsageError for what CloudWatch would not take."""
        if not 0 < len(name) <= _LONGEST_NAME or any(
            not (each.isascii() and each.isalnum()) and each not in "._/#-" for each in name
        ):
            raise UsageError(f"{flag} {name!r}: expected letters, digits and ._/#- (512 at most)")
        if self.log_retention and self.log_retention not in RETENTIONS:
            known = ", ".join(map(str, RETENTIONS))
            raise UsageError(
                f"--log-retention {self.log_retention}: CloudWatch takes {known}, or 0 for ever"
            )
        return LogGroup(name=name, retention=self.log_retention or None, kms_key=self.log_kms_key)


def _bucket(arn: str | None) -> str | None:
    if arn is not None and not re.fullmatch(r"arn:[\w-]+:s3:::[\w.-]{3,63}(/\S*)?", arn, re.ASCII):
        raise UsageError(f"--flow-log-bucket {arn!r}: expected an ARN, arn:aws:s3:::BUCKET/PREFIX")
    return arn


def wishes(what: What, logs: Logs) -> Wishes:
    """Put together what was asked for; raises UsageError for what makes no sense."""
    if what.max_steps is not None and what.max_steps < 1:
        raise UsageError("--max-steps: expected 1 or more")
    return Wishes(
        tunnel_logs=logs.group("--log-group", logs.log_group),
        client_logs=logs.group("--client-log-group", logs.client_log_group),
        flow_logs=FlowLogWish(bucket=_bucket(logs.flow_log_bucket)),
        window=parse_window(what.window).text if what.window else None,
        max_steps=what.max_steps,
    )
