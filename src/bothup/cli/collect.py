"""`bothup collect`: the evidence on one connection, in a file that somebody else can diagnose."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from bothup.cli import exits, logs
from bothup.cli.device import DeviceFiles, document_of
from bothup.cli.diagnose_flags import When
from bothup.cli.draft import save
from bothup.cli.flags import flag
from bothup.cli.options import Reach
from bothup.cli.settings import Configuration
from bothup.cli.stdout import say
from bothup.report._words import unread


def collect(
    vpn_id: Annotated[str, Parameter(help="The connection: vpn-…")],
    /,
    *,
    when: When = When(),  # noqa: B008 - frozen
    output: Annotated[
        str | None, flag("FILE to write; stdout without it.", "--output", "-o")
    ] = None,
    quiet: Annotated[bool, flag("Say nothing on stderr but errors.", "--quiet", "-q")] = False,
    debug: Annotated[bool, flag("Log every call to AWS on stderr: no bodies.")] = False,
    files: DeviceFiles = DeviceFiles(),  # noqa: B008 - frozen
    reach: Reach = Reach(),  # noqa: B008 - frozen
    configuration: Configuration = Configuration(),  # noqa: ARG001, B008 - for the flags' settings
) -> int:
    """Collect all that AWS tells of a connection, without any secret, for `diagnose --evidence`.

    Exit codes: 0 collected; 4 not found, and something could not be read; 2 usage or input error.
    """
    if debug:
        logs.debug()
    from bothup.aws.collect.wanted import merged
    from bothup.cli.gathering import live
    from bothup.cli.moments import incident

    told = document_of(files)
    asked = incident(when.at, when.since, datetime.now(UTC))
    found = live(reach, [vpn_id], asked, lambda document: document, interval=0.0, quiet=quiet)
    if not found.made:
        for each in found.unread:
            print(f"bothup: not read: {unread(each)}", file=sys.stderr)
        print(f"bothup: {vpn_id} is nowhere in what was read", file=sys.stderr)
        return exits.INCOMPLETE
    document = merged([found.made[vpn_id], told])
    text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
    if output and output != "-":
        save(Path(output), [text])
    else:
        say([text])
    for each in () if quiet else document.get("missing_evidence", ()):
        print(f"bothup: missing: {each['why']}", file=sys.stderr)
    return exits.OK
