"""docs/controls.md tells of every control what its own file says; UPDATE_DOCS=1 writes it anew."""

import os
import re
from pathlib import Path

from bothup.aws.collect.kinds import collector
from bothup.engine.controls import Rule, rules

PAGE = Path(__file__).parent.parent.parent / "docs" / "controls.md"
HEADING = "| control | severity | groups | fails where it does not hold that | asks AWS for |\n"


def row(rule: Rule) -> str:
    control = rule.control
    calls = {each for kind in rule.kinds for each in collector(kind).PERMISSIONS}
    asked = ", ".join(f"`{each.removeprefix('ec2:')}`" for each in sorted(calls))
    groups = ", ".join(f"`{each}`" for each in control.groups if each != "default")
    severity = control.severity.capitalize()
    return f"| {control.id} | {severity} | {groups} | {rule.page.title} | {asked} |\n"


def test_the_table_is_what_the_controls_say() -> None:
    table = HEADING + "|---|---|---|---|---|\n" + "".join(map(row, rules()))
    page = PAGE.read_text("utf-8")
    (told,) = re.findall(r"\| control \|.*?\n\n", page, re.DOTALL)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page.replace(told, table + "\n"), "utf-8")
    assert told == table + "\n"


def test_every_remediation_names_a_command_or_a_verb() -> None:
    for rule in rules():
        assert re.search(r"`(aws ec2|bothup) ", rule.page.sections["How to fix it"]), (
            rule.control.id
        )
