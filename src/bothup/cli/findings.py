"""`bothup findings`: import them into Security Hub, annotate AWS's own, compare both with life."""

from typing import Annotated

from cyclopts import App, Group, Parameter

from bothup.cli.diagnosed import HELP
from bothup.cli.flags import flag
from bothup.cli.options import Reach
from bothup.cli.settings import Configuration
from bothup.engine.controls import DEFAULT

_OUTPUT = Group("Output", sort_key=2)

findings = App(
    name="findings",
    help="Bring findings to Security Hub, and compare its own with what is seen live.",
    help_formatter="default",
    result_action="return_value",
)


_INPUT = flag(
    "File to take the state from instead of asking AWS for it; - is stdin. As bothup scan --input "
    "takes.",
    hyphen=True,
)
_CONTROL = flag("Controls or groups, repeatable, as with `bothup scan`.")
_FORM = Parameter(
    name=("--output", "-o"),
    help="FORMAT[=FILE]: text (the default), json.",
    show_default=False,
    group=_OUTPUT,
)
_QUIET = Parameter(
    name=("--quiet", "-q"),
    help="Say nothing on stderr but errors.",
    negative=(),
    show_default=False,
    group=_OUTPUT,
)
_DEBUG = Parameter(
    help="Log every call to AWS on stderr: no bodies.",
    negative=(),
    show_default=False,
    group=_OUTPUT,
)


@findings.command(name="import")
def import_(
    *,
    input: Annotated[str | None, _INPUT] = None,  # noqa: A002 - the flag's name
    control: Annotated[tuple[str, ...], _CONTROL] = DEFAULT,
    enrich: Annotated[
        bool,
        flag(
            "Send no findings: write onto AWS's own which tunnel is down, since when, and the "
            "cause."
        ),
    ] = False,
    diagnosis: Annotated[str | None, flag(HELP, hyphen=True)] = None,
    diagnose: Annotated[
        bool, flag("Diagnose the connections that are not on two tunnels first.")
    ] = False,
    dry_run: Annotated[bool, flag("Say what would be sent, and send nothing.")] = False,
    yes: Annotated[bool, flag("Do not ask.", "--yes", "-y")] = False,
    output: Annotated[str, _FORM] = "text",
    quiet: Annotated[bool, _QUIET] = False,
    debug: Annotated[bool, _DEBUG] = False,
    configuration: Configuration = Configuration(),  # noqa: B008 - frozen
    reach: Reach = Reach(),  # noqa: B008 - frozen
) -> int:
    """Send the findings of a scan to Security Hub, in each account's own Region.

    A finding that Security Hub has keeps its CreatedAt. What the scan no longer
    found is archived; what it could not read is made NOT_AVAILABLE. It asks
    before it writes.

    Exit codes: 0 all of it is in Security Hub; 4 something could not be read,
    judged or written; 2 usage or input error.
    """
    from bothup.cli.importing import Import, carry_out

    wanted = Import(
        input=input,
        rules=configuration.select(control),
        enrich=enrich,
        diagnosis=diagnosis,
        diagnose=diagnose,
        dry_run=dry_run,
        yes=yes,
        output=output,
        quiet=quiet,
        debug=debug,
        mutes=configuration.mutes(),
    )
    return carry_out(wanted, reach)


@findings.command
def compare(
    *,
    input: Annotated[str | None, _INPUT] = None,  # noqa: A002 - the flag's name
    control: Annotated[tuple[str, ...], _CONTROL] = DEFAULT,
    output: Annotated[str, _FORM] = "text",
    quiet: Annotated[bool, _QUIET] = False,
    debug: Annotated[bool, _DEBUG] = False,
    configuration: Configuration = Configuration(),  # noqa: B008 - frozen
    reach: Reach = Reach(),  # noqa: B008 - frozen
) -> int:
    """List where Security Hub's findings disagree with what is seen live, and how old they are.

    AWS's own findings come from a Config rule that may notice a change a day
    late.

    Exit codes: 0 they agree; 3 they do not; 4 something could not be read.
    """
    from bothup.cli.comparing import compare as compared

    rules = configuration.select(control)
    return compared(input, rules, reach, output=output, quiet=quiet, debug=debug)
