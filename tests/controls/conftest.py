"""One simulated AWS for each module, in the environment of its tests."""

from collections.abc import Iterator

import pytest

from bothup.sim.server import SimServer
from tests.controls.ground import CIDR, SCENARIO, ec2


@pytest.fixture(scope="module")
def sim() -> Iterator[SimServer]:
    with SimServer(SCENARIO) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.env().items():
            patch.setenv(name, value)
        yield server


@pytest.fixture(scope="module")
def vpc(sim: SimServer) -> str:
    name: str = ec2(sim).create_vpc(CidrBlock=CIDR)["Vpc"]["VpcId"]
    return name
