"""`bothup plan`: what would cure or harden, as steps that a person can review."""

import sys
from typing import Annotated

from cyclopts import Parameter

from bothup.cli import exits, logs
from bothup.cli.options import Reach
from bothup.cli.plan_output import parse, write
from bothup.cli.settings import Configuration
from bothup.engine.plan import Wishes
from bothup.engine.remedies import chosen
from bothup.errors import UsageError
from bothup.model.remedy import LogGroup
from bothup.model.target import CoverageStatus
from bothup.model.window import parse_window

# What CloudWatch Logs takes as retention (PutRetentionPolicy, API Reference).
RETENTIONS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557),
    *(2922, 3288, 3653),
)


def _flag(text: str, *names: str) -> Parameter:
    return Parameter(name=names or None, help=text, negative=(), show_default=False)


def plan(
    vpn_ids: Annotated[
        tuple[str, ...],
        Parameter(
            help="Connections (vpn-…) or Client VPN endpoints (cvpn-endpoint-…); default all."
        ),
    ] = (),
    /,
    *,
    connection: Annotated[
        tuple[str, ...], _flag("The same as an argument, repeatable.", "--connection")
    ] = (),
    tag: Annotated[
        tuple[str, ...], _flag("Only what has this tag, key=value with globs, repeatable.", "--tag")
    ] = (),
    evidence: Annotated[
        tuple[str, ...],
        _flag(
            "Bundle that `bothup collect` wrote, or - for stdin, repeatable: plan from it, and ask "
            "AWS for nothing.",
            "--evidence",
        ),
    ] = (),
    only: Annotated[tuple[str, ...], _flag("Only this remedy, repeatable.", "--only")] = (),
    skip: Annotated[tuple[str, ...], _flag("Without this remedy, repeatable.", "--skip")] = (),
    max_steps: Annotated[int | None, _flag("Plan no more than so many changes.")] = None,
    window: Annotated[
        str | None, _flag('When apply may start a step, as "Sun 02:00-04:00 Europe/Berlin".')
    ] = None,
    log_group: Annotated[
        str, _flag("Log group of the tunnels, created where missing (/aws/vendedlogs/vpn).")
    ] = "/aws/vendedlogs/vpn",
    client_log_group: Annotated[
        str, _flag("Log group of Client VPN, created where missing (/aws/clientvpn/connections).")
    ] = "/aws/clientvpn/connections",
    log_retention: Annotated[
        int, _flag("Days that a log group which is created keeps its logs (365; 0: for ever).")
    ] = 365,
    log_kms_key: Annotated[
        str | None, _flag("ARN of the KMS key of a log group which is created.")
    ] = None,
    output: Annotated[
        tuple[str, ...],
        _flag(
            "FORM[=FILE], repeatable: table (the default), json, which apply takes, script (bash "
            "with the AWS CLI), terraform, cloudformation.",
            "--output",
            "-o",
        ),
    ] = (),
    quiet: Annotated[bool, _flag("Say nothing on stderr but errors.", "--quiet", "-q")] = False,
    verbose: Annotated[bool, _flag("Name every tunnel of a refusal.", "--verbose", "-v")] = False,
    debug: Annotated[bool, _flag("Log every call to AWS on stderr: no bodies.")] = False,
    reach: Reach = Reach(),  # noqa: B008 - frozen
    configuration: Configuration = Configuration(),  # noqa: ARG001, B008 - for the flags' settings
) -> int:
    """Plan what would cure or harden, with the risk of each step; nothing is changed.

    Exit codes: 0 planned, or nothing to do; 4 something could not be read; 2 usage error.
    """
    if debug:
        logs.debug()
    outputs, cures = parse(output), chosen(only, skip)
    if max_steps is not None and max_steps < 1:
        raise UsageError("--max-steps: expected 1 or more")
    wishes = Wishes(
        tunnel_logs=_log_group("--log-group", log_group, log_retention, log_kms_key),
        client_logs=_log_group("--client-log-group", client_log_group, log_retention, log_kms_key),
        window=parse_window(window).text if window else None,
        max_steps=max_steps,
    )
    from bothup.cli.choice import Choice

    choice = Choice(ids=(*vpn_ids, *connection), tags=tag)
    if evidence:
        from bothup.cli.plan_bundles import plan_from

        made = plan_from(evidence, choice, cures, wishes)
    else:
        from bothup.cli.planning import plan_live

        made = plan_live(reach, choice, cures, wishes, quiet=quiet)
    for each in outputs:
        write(each, made, verbose=verbose)
    unread = [each for each in made.coverage if each.status is not CoverageStatus.READ]
    if unread and not quiet:
        print(f"bothup: {len(unread)} account-Regions were not read", file=sys.stderr)
    return exits.INCOMPLETE if unread else exits.OK


def _log_group(flag: str, name: str, retention: int, kms_key: str | None) -> LogGroup:
    if not name or len(name) > 512 or any(not (c.isalnum() or c in "._/#-") for c in name):
        raise UsageError(f"{flag} {name!r}: expected letters, digits and ._/#- (512 at most)")
    if retention and retention not in RETENTIONS:
        known = ", ".join(map(str, RETENTIONS))
        raise UsageError(f"--log-retention {retention}: CloudWatch takes {known}, or 0 for ever")
    return LogGroup(name=name, retention=retention or None, kms_key=kms_key)
