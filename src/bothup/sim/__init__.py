"""The simulated AWS: accounts, Regions and VPN tunnels over HTTP, for the demo and the tests.

    with SimServer(load_scenario("demo")) as sim:
        os.environ |= sim.env()

It speaks the SDK's protocols through moto, checks signatures for real, and adds what moto has not:
telemetry, tunnel options, the calls that change a tunnel, and what a change does to it in time.
"""

from bothup.sim.clock import Clock
from bothup.sim.faults import Fault
from bothup.sim.load import load_scenario, parse_scenario, scenario_names
from bothup.sim.machine import TunnelChange
from bothup.sim.scenario import Scenario
from bothup.sim.server import SimServer

__all__ = [
    "Clock",
    "Fault",
    "Scenario",
    "SimServer",
    "TunnelChange",
    "load_scenario",
    "parse_scenario",
    "scenario_names",
]
