"""`bothup demo`: scan a simulated organisation, and say what to try next."""

import os
import sys

from bothup.cli import exits
from bothup.cli.options import Reach, Shown
from bothup.cli.scan import scan
from bothup.errors import UsageError

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
        raise UsageError(f"{error.name} is not installed: pip install 'bothup[sim]'") from None
    with SimServer(load_scenario("demo")) as server:
        os.environ.update(server.env())
        scan(reach=Reach(org=True, role_name="bothup"), shown=shown)
    if not shown.quiet:
        print(NEXT, file=sys.stderr)
    return exits.OK
