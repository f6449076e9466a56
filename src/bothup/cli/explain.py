"""`bothup explain`: a control's page, read from the control's own docstring."""

from bothup.cli.output import look, say
from bothup.engine.controls import Rule, rule, rules

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def explain(control: str | None = None, /) -> int:
    """Show a control's page: what it checks, why it matters, how to fix it, false positives.

    Parameters
    ----------
    control
        Id of the control, as EC2.20; without it, the controls are listed.
    """
    if control is None:
        say(f"{each.control.id:<8} {each.page.title}\n" for each in rules())
    else:
        say(f"{line}\n" for line in _page(rule(control)))
    return 0


def _page(chosen: Rule) -> list[str]:
    control, page = chosen.control, chosen.page
    bold, plain = (_BOLD, _PLAIN) if look(verbose=False).colour else ("", "")
    lines = [
        f"{bold}{control.id}  {page.title}{plain}",
        "",
        f"Severity     {control.severity.capitalize()}",
        f"Resource     {control.resource}",
        f"Config rule  {control.config_rule} (AWS's own verdict may be {control.config_lag} late)",
    ]
    for heading, text in page.sections.items():
        lines += ["", f"{bold}{heading}{plain}", text]
    return lines
