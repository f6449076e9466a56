"""`bothup demo`: scan a simulated organisation, and say what to try next."""

import os
import sys

from bothup.cli import exits
from bothup.cli.options import Reach, Shown
from bothup.cli.scan import scan
from bothup.cli.settings import Configuration
from bothup.errors import UsageError


def _use(variables: dict[str, str]) -> None:
    """Talk to the simulated AWS and to nothing else, whatever the user's own settings are."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "BOTHUP_"))]:
        del os.environ[name]
    os.environ.update(variables)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        os.environ[name] = os.devnull


NEXT = """
That was a simulated AWS with an organisation of three accounts. What to try next:
  bothup explain EC2.20                          what is checked, why, and how to fix it
  bothup scan                                    your own account, every enabled Region
  bothup scan --input FILE                       what you have at hand, no credentials needed:
                                                   aws ec2 describe-vpn-connections > FILE
  bothup sim serve                               the same simulated AWS, for every other tool too
"""


def demo(*, shown: Shown = Shown()) -> int:  # noqa: B008 - frozen
    """Scan a simulated organisation of three accounts in four Regions, and show the table.

    Needs no AWS account, and no network but this machine's loopback.
    """
    try:
        from bothup.sim.load import load_scenario
        from bothup.sim.server import SimServer
    except ModuleNotFoundError as error:
        text = f"{error.name} is not installed; install bothup with it: pip install '.[sim]'"
        raise UsageError(text) from None
    with SimServer(load_scenario("demo")) as server:
        _use(server.env())
        nothing = Configuration(os.devnull)
        reach = Reach(org=True, role_name="bothup-read")
        scan(control=("EC2.20",), configuration=nothing, reach=reach, shown=shown)
    if not shown.quiet:
        print(NEXT, file=sys.stderr)
    return exits.OK
