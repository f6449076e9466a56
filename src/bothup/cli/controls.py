"""`bothup controls`: which controls there are, in which groups, and what they read."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from bothup.aws.collect.kinds import collected, collector
from bothup.cli.document import deliver
from bothup.cli.settings import Configuration
from bothup.engine.controls import Rule


def controls(
    names: Annotated[
        tuple[str, ...], Parameter(help="Ids or groups, as EC2.20, vpn, path; all by default.")
    ] = ("all",),
    /,
    *,
    output: Annotated[
        str,
        Parameter(
            name=("--output", "-o"),
            help="FORMAT[=FILE]: table (default), json.",
            show_default=False,
        ),
    ] = "table",
    configuration: Configuration = Configuration(),  # noqa: B008 - frozen
) -> int:
    """List the controls, with their groups, their parameters and the permissions that they take.

    Parameters are set in the configuration, under [parameters."EC2.4"].
    """
    rules = configuration.select(names)
    deliver(output, {"table": lambda: _table(rules), "json": lambda: _json(rules)})
    return 0


def _table(rules: Sequence[Rule]) -> Iterator[str]:
    heading = ("Control", "Severity", "Groups", "Title")
    rows = [(r.control.id, r.control.severity, _groups(r), r.page.title) for r in rules]
    widths = [max(len(row[place]) for row in (heading, *rows)) for place in range(3)]
    for row in (heading, *rows):
        cells = (text.ljust(width) for text, width in zip(row, widths, strict=False))
        yield f"{'  '.join(cells)}  {row[3]}\n"
    for rule in rules:
        for name, value in _parameters(rule).items():
            yield f"\n{rule.control.id}  {name} = {value}\n"


def _json(rules: Sequence[Rule]) -> Iterator[str]:
    document = {"schema": "bothup.controls/1", "controls": [_described(rule) for rule in rules]}
    yield msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    yield "\n"


def _described(rule: Rule) -> dict[str, Any]:
    control = rule.control
    return {
        "id": control.id,
        "title": rule.page.title,
        "severity": control.severity,
        "resource": control.resource,
        "groups": [*control.groups, "all"],
        "config_rule": control.config_rule,
        "config_lag": control.config_lag,
        "parameters": _parameters(rule),
        "permissions": sorted(
            {each for kind in rule.kinds if collected(kind) for each in collector(kind).PERMISSIONS}
        ),
    }


def _groups(rule: Rule) -> str:
    return ", ".join(rule.control.groups)


def _parameters(rule: Rule) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(rule.parameters) if rule.parameters else {}
    return found
