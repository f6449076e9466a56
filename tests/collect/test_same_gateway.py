"""What else ends on the device: in other Regions and accounts, and what is not known of it."""

import pytest

from bothup.aws.collect import same_gateway
from bothup.sim.faults import Fault
from bothup.sim.server import SimServer
from tests.collect.ground import ACCOUNT, commands, connection, gathered, missing

BOTH = ("eu-central-1", "eu-west-1")


def test_the_same_address_in_another_region_is_the_same_device(sim: SimServer) -> None:
    told = gathered(sim, "quay-1", regions=BOTH)
    (other,) = told["same_gateway"]
    assert other["VpnConnectionId"] == connection(sim, "quay-2", "eu-west-1").id
    assert (other["Account"], other["Region"]) == (ACCOUNT, "eu-west-1")
    assert {each["Status"] for each in other["VgwTelemetry"]} == {"DOWN"}
    assert "same_gateway" not in missing(told)


def test_the_device_alone_is_no_gap(sim: SimServer) -> None:
    told = gathered(sim, "broken", regions=BOTH)
    assert told["same_gateway"] == []
    assert "same_gateway" not in missing(told)


@pytest.mark.parametrize(
    "operation", ["ec2:DescribeCustomerGateways", "ec2:DescribeVpnConnections"]
)
def test_a_region_that_is_not_read_is_told(sim: SimServer, operation: str) -> None:
    fault = Fault(region="eu-west-1", operation=operation, code="UnauthorizedOperation")
    sim.faults.add(fault)
    told = gathered(sim, "quay-1", regions=BOTH)
    assert "same_gateway" not in told
    (why,) = missing(told)["same_gateway"]
    assert why.endswith(f"was not read in: {ACCOUNT} eu-west-1")
    (command,) = commands(told)
    assert command.startswith("aws ec2 describe-customer-gateways --region REGION --filters")
    assert "203.0.113.130" in command


def test_gateways_are_listed_once_where_there_are_connections(sim: SimServer) -> None:
    gathered(sim, "quay-1", regions=(*BOTH, "us-east-1"))
    counted = sim.calls.counts()
    assert (ACCOUNT, "us-east-1", "ec2:DescribeVpnConnections") in counted
    assert (ACCOUNT, "us-east-1", "ec2:DescribeCustomerGateways") not in counted
    assert counted[ACCOUNT, "eu-west-1", "ec2:DescribeCustomerGateways"] == 1
    assert counted[ACCOUNT, "eu-central-1", "ec2:DescribeCustomerGateways"] == 2


def test_a_region_that_hangs_is_not_waited_for(
    sim: SimServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(same_gateway, "PATIENCE", 1.0)
    sim.faults.add(Fault(region="eu-west-1", operation="ec2:DescribeVpnConnections", kind="hang"))
    told = gathered(sim, "quay-1", regions=BOTH)
    assert told["metrics"]
    (why,) = missing(told)["same_gateway"]
    assert "those that are not read yet" in why
