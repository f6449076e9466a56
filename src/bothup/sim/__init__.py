"""The simulated AWS: accounts, Regions and VPN tunnels over HTTP, for the demo and the tests.

    with SimServer(load_scenario("demo")) as sim:
        os.environ |= sim.env()

It speaks the SDK's protocols through moto, checks signatures for real, and adds what moto has not:
telemetry, tunnel options, the calls that change a tunnel, what a change does to it in time, and
what AWS records of all that: logs, metrics, CloudTrail and Health events.
"""

from bothup.sim.clock import Clock
from bothup.sim.faults import Fault
from bothup.sim.intended import Intended
from bothup.sim.load import load_scenario, parse_scenario, scenario_names
from bothup.sim.machine import TunnelChange
from bothup.sim.scenario import Scenario
from bothup.sim.server import SimServer

__all__ = [
    "Clock",
    "Fault",
    "Intended",
    "Scenario",
    "SimServer",
    "TunnelChange",
    "load_scenario",
    "parse_scenario",
    "scenario_names",
]
