"""A server for each module, and SDK clients that talk to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sim_sdk import sdk_client

from bothup.sim import SimServer, load_scenario

Client = Callable[..., Any]


@pytest.fixture(scope="module")
def sim(request: pytest.FixtureRequest) -> Iterator[SimServer]:
    """The module's server: of `SCENARIO` in the module, a scenario or a name, else one-of-each."""
    scenario = getattr(request.module, "SCENARIO", "one-of-each")
    if isinstance(scenario, str):
        scenario = load_scenario(scenario)
    with SimServer(scenario) as server:
        yield server


@pytest.fixture(scope="module")
def client(sim: SimServer) -> Client:
    """`client(service, region=, account=, session=)`, for the module's server."""

    def make(service: str, region: str = "eu-central-1", **more: Any) -> Any:
        return sdk_client(sim, service, region, **more)

    return make
