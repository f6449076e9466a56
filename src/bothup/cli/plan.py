"""`bothup plan`: what would cure or harden, as steps that a person can review."""

import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from bothup.cli import exits, logs
from bothup.cli.choice import Choice
from bothup.cli.flags import flag
from bothup.cli.options import Reach
from bothup.cli.plan_flags import Logs, What, wishes
from bothup.cli.plan_output import parse, write
from bothup.cli.settings import Configuration
from bothup.engine.plan import Wishes
from bothup.engine.remedies import Cure, chosen
from bothup.model.plan import Plan


def plan(
    vpn_ids: Annotated[
        tuple[str, ...],
        Parameter(
            help="Connections (vpn-…) or Client VPN endpoints (cvpn-endpoint-…); all by default.",
            show_default=False,
        ),
    ] = (),
    /,
    *,
    what: What = What(),  # noqa: B008 - frozen
    where: Logs = Logs(),  # noqa: B008 - frozen
    output: Annotated[
        tuple[str, ...],
        flag(
            "FORM[=FILE], repeatable: table (the default), json, which apply takes, script (bash "
            "with the AWS CLI), terraform, cloudformation.",
            "--output",
            "-o",
        ),
    ] = (),
    quiet: Annotated[bool, flag("Say nothing on stderr but errors.", "--quiet", "-q")] = False,
    verbose: Annotated[bool, flag("Name every tunnel of a refusal.", "--verbose", "-v")] = False,
    debug: Annotated[bool, flag("Log every call to AWS on stderr: no bodies.")] = False,
    reach: Reach = Reach(),  # noqa: B008 - frozen
    configuration: Configuration = Configuration(),  # noqa: ARG001, B008 - for the flags' settings
) -> int:
    """Plan what would cure or harden, with the risk of each step; nothing is changed.

    Exit codes: 0 planned, or nothing to do; 4 something could not be read or judged; 2 usage error.
    """
    if debug:
        logs.debug()
    outputs, cures, wanted = parse(output), chosen(what.only, what.skip), wishes(what, where)
    made = _planned(reach, what, what.choice(vpn_ids), cures, wanted, quiet=quiet)
    for each in outputs:
        write(each, made, verbose=verbose)
    if made.incomplete and not quiet:
        print("bothup: something was not read, so what is planned may not be all", file=sys.stderr)
    return exits.INCOMPLETE if made.incomplete else exits.OK


def _planned(
    reach: Reach,
    what: What,
    choice: Choice,
    cures: Sequence[Cure],
    wanted: Wishes,
    *,
    quiet: bool,
) -> Plan:
    """Plan from bundles where some are named, else from AWS."""
    if what.evidence:
        from bothup.cli.plan_bundles import plan_from

        return plan_from(what.evidence, choice, cures, wanted)
    from bothup.cli.planning import plan_live

    return plan_live(reach, choice, cures, wanted, quiet=quiet)
