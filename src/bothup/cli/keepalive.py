"""`bothup keepalive`: traffic, so that no idle tunnel times out."""

from cyclopts import App

keepalive = App(
    name="keepalive",
    help="Keep idle tunnels up with traffic, from AWS or from a host.",
    help_formatter="default",
    result_action="return_value",
)
_VERBS = {
    "plan": "Plan probes from a VPC, or print what a device is told.",
    "run": "Send a packet through each tunnel every few seconds, and measure.",
}
for _place, (_verb, _text) in enumerate(_VERBS.items()):
    keepalive.command(
        f"bothup.cli.keepalive_{_verb}:{_verb}", name=_verb, help=_text, sort_key=_place
    )
