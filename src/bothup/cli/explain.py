"""`bothup explain`: a control's page, read from the control's own docstring."""

from bothup.alarms.check import OF_ALARMS, all_checks, check
from bothup.cli.output import look, say
from bothup.engine.controls import Rule, rule, rules
from bothup.engine.page import Page

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def explain(control: str | None = None, /) -> int:
    """Show a control's page: what it checks, why it matters, how to fix it, false positives.

    Parameters
    ----------
    control
        Id of the control, as EC2.20 or BOTHUP.ALARM.TOPIC; without it, the controls are listed.
    """
    if control is None:
        checks = [(each.id, each.page) for each in all_checks()]
        pages = [*((each.control.id, each.page) for each in rules()), *checks]
        say(f"{name:<23} {page.title}\n" for name, page in pages)
    elif control.upper().startswith(OF_ALARMS):
        say(f"{line}\n" for line in _of_alarms(control.upper()))
    else:
        say(f"{line}\n" for line in _page(rule(control)))
    return 0


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
