"""`bothup alarms`: alarms that are true, for every connection and every tunnel."""

from cyclopts import App

alarms = App(
    name="alarms",
    help="Check, make and try the alarms that page somebody when a tunnel drops.",
    help_formatter="default",
    result_action="return_value",
)
_VERBS = {
    "audit": "Say for every connection and tunnel whether somebody would be paged.",
    "plan": "Plan which alarms are made, corrected and deleted.",
    "apply": "Make, correct and delete alarms until they are as they should be.",
    "drill": "Have a connection's alarms ring, and see whom that reaches.",
}
for _place, (_verb, _text) in enumerate(_VERBS.items()):
    alarms.command(f"bothup.cli.alarms_{_verb}:{_verb}", name=_verb, help=_text, sort_key=_place)
