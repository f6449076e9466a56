"""`bothup explain`: a control's page, and the script that mends what fails it."""

from typing import Annotated

from bothup.alarms.check import OF_ALARMS, all_checks, check
from bothup.cli.flags import flag
from bothup.cli.options import Reach
from bothup.cli.output import look
from bothup.cli.settings import Configuration
from bothup.cli.stdout import say
from bothup.engine.controls import Rule, rule, rules
from bothup.engine.page import Page
from bothup.errors import UsageError

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def explain(
    control: str | None = None,
    /,
    *,
    script: Annotated[
        bool,
        flag("Print a bash script for what fails the control now, each command on one resource."),
    ] = False,
    resource: Annotated[
        tuple[str, ...], flag("With --script: only this resource, by its id, repeatable.")
    ] = (),
    input: Annotated[  # noqa: A002 - the flag's name
        str | None,
        flag(
            "With --script: file of connections to judge instead of asking AWS; - is stdin.",
            hyphen=True,
        ),
    ] = None,
    configuration: Configuration = Configuration(),  # noqa: B008 - frozen
    reach: Reach = Reach(),  # noqa: B008 - frozen
) -> int:
    """Show a control's page: what it checks, why it matters, how to fix it, false positives.

    With --script: the commands for the resources that fail it now, to be read
    before they are run. Nothing is changed.

    Parameters
    ----------
    control
        Id of the control, as EC2.20 or BOTHUP.ALARM.TOPIC; without it, the controls are listed.
    """
    if script:
        return _script(control, resource, input, configuration, reach)
    if resource or input:
        raise UsageError("--resource and --input are for --script")
    if control is None:
        checks = [(each.id, each.page) for each in all_checks()]
        pages = [*((each.control.id, each.page) for each in rules()), *checks]
        say(f"{name:<23} {page.title}\n" for name, page in pages)
    elif control.upper().startswith(OF_ALARMS):
        say(f"{line}\n" for line in _of_alarms(control.upper()))
    else:
        say(f"{line}\n" for line in _page(rule(control)))
    return 0


def _script(
    control: str | None,
    resources: tuple[str, ...],
    file: str | None,
    configuration: Configuration,
    reach: Reach,
) -> int:
    if control is None:
        raise UsageError("--script needs the id of a control, as EC2.13")
    from bothup.cli.fixing import script

    (chosen,) = configuration.select([rule(control).control.id])
    return script(chosen, resources, file, reach)


def _page(chosen: Rule) -> list[str]:
    control = chosen.control
    rule = f"{control.config_rule} (AWS's own verdict may be {control.config_lag} late)"
    facts = [
        f"Severity     {control.severity.capitalize()}",
        f"Resource     {control.resource}",
        f"Config rule  {rule}",
    ]
    return _lines(control.id, facts, chosen.page)


def _of_alarms(name: str) -> list[str]:
    chosen = check(name)
    facts = [
        f"Severity     {chosen.severity.capitalize()}",
        f"Resource     {chosen.resource}",
        "Checked by   bothup alarms audit",
    ]
    return _lines(chosen.id, facts, chosen.page)


def _lines(name: str, facts: list[str], page: Page) -> list[str]:
    bold, plain = (_BOLD, _PLAIN) if look(verbose=False).colour else ("", "")
    lines = [f"{bold}{name}  {page.title}{plain}", "", *facts]
    for heading, text in page.sections.items():
        lines += ["", f"{bold}{heading}{plain}", text]
    return lines
