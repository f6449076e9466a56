"""`bothup scan`: judge every connection of an account, or of a file, and report it."""

import sys
from typing import Annotated

from cyclopts import Parameter

from bothup.cli import exits, logs, output
from bothup.cli.from_file import from_file
from bothup.cli.live import live
from bothup.cli.options import Reach, Shown
from bothup.engine.controls import select
from bothup.model.scan import Scan
from bothup.model.target import CoverageStatus
from bothup.report._words import headline, unread

CONTROLS = ("EC2.20",)


def scan(
    *,
    input: Annotated[str | None, Parameter(negative=())] = None,  # noqa: A002 - the flag's name
    fail_on: str = "informational",
    reach: Reach = Reach(),  # noqa: B008 - frozen
    shown: Shown = Shown(),  # noqa: B008 - frozen
) -> int:
    """Find the tunnels that are down, in every enabled Region or in a file.

    Reads one account with the credentials at hand, or, with --input, what the AWS CLI, AWS Config
    or bothup itself has written. Exit codes: 0 all read, nothing failed; 3 findings; 4 something
    could not be read or judged; 2 usage or input error.

    Parameters
    ----------
    input
        File to judge instead of asking AWS; - is stdin. Output of `aws ec2
        describe-vpn-connections` (JSON, YAML), JSON Lines of connections, AWS Config items, or
        bothup's own JSON.
    fail_on
        Least severity of a FAILED finding that makes the exit code 3: none, informational, low,
        medium, high, critical.
    """
    outputs, fail_from = output.parse(shown.output), exits.threshold(fail_on)
    if shown.debug:
        logs.debug()
    rules = select(CONTROLS)
    if input is None:
        found = live(reach, rules, quiet=shown.quiet)
    else:
        found = from_file(input, reach, rules, quiet=shown.quiet)
    for each in outputs:
        output.write(each, found, verbose=shown.verbose)
    if not shown.quiet and not any(each.path is None and each.name == "table" for each in outputs):
        _sum_up(found)
    return exits.of_scan(found, fail_from)


def _sum_up(found: Scan) -> None:
    """Data goes to stdout; what a person must not miss is said on stderr."""
    print(f"bothup: {headline(found.summary)}", file=sys.stderr)
    for each in found.coverage:
        if each.status is not CoverageStatus.READ:
            print(f"bothup: not read: {unread(each)}", file=sys.stderr)
