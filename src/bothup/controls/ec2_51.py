"""EC2 Client VPN endpoints should have client connection logging enabled

## What it checks
A Client VPN endpoint can write every attempt to connect to CloudWatch Logs: who, from where, with
what result, and when the session ended. The control fails where that log is off, which it is unless
somebody turned it on. Endpoints that are being deleted are NOT_APPLICABLE.

## Why it matters
A Client VPN endpoint lets people from the internet into the VPC. Without its log nobody can say
afterwards who was in the network, nor see that somebody keeps trying.

## How to fix it
Turn the log on; sessions go on meanwhile. `bothup plan --only client-vpn-logging` plans it, with
the log group and the stream where they are missing. By hand:
`aws ec2 modify-client-vpn-endpoint --client-vpn-endpoint-id ENDPOINT_ID
--connection-log-options Enabled=true,CloudwatchLogGroup=LOG_GROUP`

## When it is a false positive
An endpoint that nobody can connect to any more (no target network is associated) logs nothing in
any case: delete it. AWS Config does not offer the rule in some Regions; the control is judged there
all the same.
"""

from collections.abc import Iterator

from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.control import Control
from bothup.model.finding import Severity, Verdict
from bothup.model.fixing import command, region
from bothup.model.verdicts import failed, not_applicable, passed, unknown

CONTROL = Control(
    id="EC2.51",
    severity=Severity.LOW,
    resource="AWS::EC2::ClientVpnEndpoint",
    config_rule="ec2-client-vpn-connection-log-enabled",
    config_lag="some minutes",
    groups=("vpn",),
)

_GONE = frozenset({"deleting", "deleted"})


def judge(endpoint: ClientVpnEndpoint) -> Verdict:
    """Judge the connection log."""
    if endpoint.state in _GONE:
        return not_applicable(f"state-{endpoint.state}", f"the endpoint is {endpoint.state}")
    if endpoint.log_enabled:
        where = f" to {endpoint.log_group}" if endpoint.log_group else ""
        return passed("logging-on", f"the connection log is written{where}")
    if endpoint.log_enabled is None:
        return unknown("logging-unknown", "AWS does not say whether the connection log is on")
    return failed("logging-off", "the connection log is off")


def fix(endpoint: ClientVpnEndpoint) -> Iterator[str]:
    """Yield the commands that make a log group and turn the log on; sessions go on."""
    target, group = endpoint.target, "/aws/clientvpn/connections"
    yield f"aws logs create-log-group --region {region(target)} --log-group-name {group} || true"
    yield command(
        target,
        "ModifyClientVpnEndpoint",
        ClientVpnEndpointId=endpoint.id,
        ConnectionLogOptions={"Enabled": True, "CloudwatchLogGroup": group},
    )
