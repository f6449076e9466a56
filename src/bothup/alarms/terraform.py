"""Terraform: the alarms that are wanted, for_each over the tunnels and over the connections.

Whoever lets Terraform keep them has no need of `bothup alarms apply`, which leaves alarms without
its own tag alone; `bothup alarms audit` checks them all the same.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bothup.alarms.cost import cost_line
from bothup.alarms.plan import Made
from bothup.alarms.want import Wanted
from bothup.export._hcl import text, unique
from bothup.model.target import Target
from bothup.report._look import Look, printable

_HEAD = """\
# Alarms for Site-to-Site VPN tunnels, made at {made:%Y-%m-%d %H:%M} UTC by bothup
# {cost}
"""
_PROVIDER = """\
# Each account and Region needs a provider with the alias that its resources name.
"""
_VALUES = (
    ("alarm_description", "AlarmDescription"),
    ("alarm_actions", "AlarmActions"),
    ("ok_actions", "OKActions"),
)
_METRIC = """\
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.evaluation_periods
  datapoints_to_alarm = each.value.evaluation_periods
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
"""
_RULE = """\
  alarm_rule          = each.value.rule

  actions_suppressor {
    alarm            = each.value.suppressor
    wait_period      = each.value.wait
    extension_period = each.value.wait
  }
"""


def render(made: Made, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield locals and resources for each account and Region."""
    yield _HEAD.format(made=made.plan.made_at, cost=cost_line(made.wanted))
    places: defaultdict[Target, list[Wanted]] = defaultdict(list)
    for each in made.wanted:
        places[each.target].append(each)
    if len(places) > 1:
        yield _PROVIDER
    names: set[str] = set()
    for target, wanted in sorted(places.items()):
        alias = unique(f"a{target.account}_{target.region}".replace("-", "_"), names)
        yield f"\n# in {printable(target.account or '')} {printable(target.region or '')}\n"
        yield from _place(alias, wanted, alone=len(places) == 1)


def _place(alias: str, wanted: Sequence[Wanted], *, alone: bool) -> Iterator[str]:
    kinds = (
        ("tunnels", [each for each in wanted if each.scope.tunnel]),
        ("connections", [each for each in wanted if not (each.scope.tunnel or each.composite)]),
        ("composites", [each for each in wanted if each.composite]),
    )
    for kind, alarms in kinds:
        if not alarms:
            continue
        name = f"vpn_{kind}" if alone else f"{alias}_{kind}"
        yield f"locals {{\n  {name} = {{\n"
        for each in alarms:
            yield from _entry(each)
        yield "  }\n}\n\n"
        composite = kind == "composites"
        sort = "composite_alarm" if composite else "metric_alarm"
        yield f'resource "aws_cloudwatch_{sort}" "{name}" {{\n'
        yield f"  for_each            = local.{name}\n"
        if not alone:
            yield f"  provider            = aws.{alias}\n"
        yield "  alarm_name          = each.key\n"
        for attribute, _ in _VALUES:
            yield f"  {attribute:<19} = each.value.{attribute}\n"
        yield _RULE if composite else _METRIC
        yield '\n  tags = {\n    managed-by = "terraform"\n  }\n'
        if composite:
            others = name.removesuffix("composites")
            needed = (f"{others}{each}" for each in ("tunnels", "connections"))
            listed = ", ".join(f"aws_cloudwatch_metric_alarm.{each}" for each in needed)
            yield f"\n  depends_on = [{listed}]\n"
        yield "}\n\n"


def _entry(wanted: Wanted) -> Iterator[str]:
    settings = wanted.settings
    yield f"    {text(wanted.name)} = {{\n"
    for attribute, name in _VALUES:
        yield f"      {attribute} = {text(settings[name])}\n"
    if wanted.composite:
        yield f"      rule = {text(settings['AlarmRule'])}\n"
        yield f"      suppressor = {text(settings['ActionsSuppressor'])}\n"
        yield f"      wait = {text(settings['ActionsSuppressorWaitPeriod'])}\n"
    else:
        yield f"      namespace = {text(settings['Namespace'])}\n"
        yield f"      metric = {text(settings['MetricName'])}\n"
        yield "      dimensions = {\n"
        for each in settings["Dimensions"]:
            yield f"        {each['Name']} = {text(each['Value'])}\n"
        yield "      }\n"
        yield f"      statistic = {text(settings['Statistic'])}\n"
        yield f"      period = {text(settings['Period'])}\n"
        yield f"      evaluation_periods = {text(settings['EvaluationPeriods'])}\n"
    yield "    }\n"
