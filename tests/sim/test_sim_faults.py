"""What goes wrong on demand, as the SDK and as a bare socket see it."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import IncompleteRead
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError
from raw_aws import DESCRIBE, code_of, post, raw_socket, signed_headers
from sim_sdk import sdk_client
from urllib3.exceptions import ProtocolError

from bothup.sim import Fault, SimServer, load_scenario

ACCOUNT, ACTION = "111122223333", "ec2:DescribeVpnConnections"


@pytest.fixture(autouse=True)
def no_faults_left(sim: SimServer) -> Iterator[None]:
    yield
    sim.faults.clear()


def ask(sim: SimServer) -> tuple[int, dict[str, str], bytes]:
    return post(sim.url, signed_headers(sim.url, sim.env(), DESCRIBE), DESCRIBE)


def read_all(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def socket_for(sim: SimServer) -> Any:
    return raw_socket(sim.url, signed_headers(sim.url, sim.env(), DESCRIBE), DESCRIBE)


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("UnauthorizedOperation", 0, 403),
        ("AccessDenied", 0, 403),
        ("RequestLimitExceeded", 0, 503),
        ("InternalError", 0, 500),
        ("InternalError", 503, 503),
        ("ExpiredToken", 0, 403),
        ("OptInRequired", 0, 403),
        ("AuthFailure", 0, 401),
        ("Anything", 418, 418),
    ],
)
def test_errors(sim: SimServer, client: Any, code: str, status: int, told: int) -> None:
    sim.faults.add(Fault(code=code, status=status, operation=ACTION))
    with pytest.raises(ClientError) as refused:
        client("ec2").describe_vpn_connections()
    response = refused.value.response
    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == told
    assert response["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize(
    ("service", "operation", "call"),
    [
        ("sts", "sts:GetCallerIdentity", "get_caller_identity"),
        ("organizations", "organizations:ListAccounts", "list_accounts"),
        ("sns", "sns:ListTopics", "list_topics"),
        ("logs", "logs:DescribeLogGroups", "describe_log_groups"),
        ("cloudwatch", "cloudwatch:DescribeAlarms", "describe_alarms"),
        ("securityhub", "securityhub:*", "describe_hub"),
    ],
)
def test_errors_in_the_shape_of_other_services(
    sim: SimServer, client: Any, service: str, operation: str, call: str
) -> None:
    sim.faults.add(Fault(code="AccessDenied", message="No <entry> & no exit", operation=operation))
    with pytest.raises(ClientError) as refused:
        getattr(client(service, "us-east-1"), call)()
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert refused.value.response["Error"]["Message"] == "No <entry> & no exit"


def test_a_fault_strikes_as_often_as_it_says(sim: SimServer, client: Any) -> None:
    sim.faults.add(Fault(code="RequestLimitExceeded", times=2))
    ec2 = client("ec2")
    for _ in range(2):
        with pytest.raises(ClientError, match="RequestLimitExceeded"):
            ec2.describe_vpn_connections()
    assert ec2.describe_vpn_connections()["VpnConnections"]
    assert sim.faults.in_force() == ()


def test_the_sdk_retries_a_fault_away(sim: SimServer) -> None:
    sim.faults.add(Fault(code="RequestLimitExceeded", times=1))
    patient = sdk_client(sim, "ec2", retries={"total_max_attempts": 3, "mode": "standard"})
    assert patient.describe_vpn_connections()["ResponseMetadata"]["RetryAttempts"] == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        Fault(account="999999999999"),
        Fault(region="us-*"),
        Fault(operation="ec2:DescribeRegions"),
        Fault(operation="sts:*"),
    ],
)
def test_a_fault_concerns_only_what_it_matches(
    sim: SimServer, client: Any, elsewhere: Fault
) -> None:
    sim.faults.add(elsewhere)
    assert client("ec2").describe_vpn_connections()["VpnConnections"]
    sim.faults.add(Fault(account="1111*", region="eu-*", operation="ec2:Describe*"))
    with pytest.raises(ClientError):
        client("ec2").describe_vpn_connections()


def test_latency_and_an_error_after_it(sim: SimServer, client: Any) -> None:
    sim.faults.add(Fault(kind="latency", seconds=0.2))
    start = time.monotonic()
    assert client("ec2").describe_vpn_connections()["VpnConnections"]
    assert 0.2 < time.monotonic() - start < 1
    sim.faults.add(Fault(code="OptInRequired"))
    start = time.monotonic()
    with pytest.raises(ClientError, match="OptInRequired"):
        client("ec2").describe_vpn_connections()
    assert time.monotonic() - start > 0.2


def test_a_slow_call_holds_up_no_other(sim: SimServer, client: Any) -> None:
    ec2 = client("ec2")
    ec2.describe_vpn_connections()
    sim.faults.add(Fault(kind="latency", seconds=0.3, operation=ACTION))
    start = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: ec2.describe_vpn_connections(), range(8)))
    assert time.monotonic() - start < 1.5


def test_hang_until_the_caller_gives_up(sim: SimServer) -> None:
    sim.faults.add(Fault(kind="hang"))
    impatient = sdk_client(sim, "ec2", read_timeout=0.3)
    with pytest.raises(ReadTimeoutError):
        impatient.describe_vpn_connections()


def test_stopping_ends_what_hangs() -> None:
    with SimServer(load_scenario("healthy")) as server:
        server.faults.add(Fault(kind="hang"))
        connection = socket_for(server)
        stopper = threading.Timer(0.2, server.stop)
        stopper.start()
        with connection:
            assert connection.recv(1) == b""
        stopper.join()


def test_reset_before_any_answer(sim: SimServer, client: Any) -> None:
    sim.faults.add(Fault(kind="reset"))
    with socket_for(sim) as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)
    with pytest.raises(ConnectionClosedError):
        client("ec2").describe_vpn_connections()


def test_reset_in_the_middle_of_the_body(sim: SimServer, client: Any) -> None:
    sim.faults.add(Fault(kind="reset-mid-body"))
    with socket_for(sim) as connection:
        assert connection.recv(15) == b"HTTP/1.1 200 OK"
        with pytest.raises(ConnectionResetError):
            read_all(connection)
    with pytest.raises((ProtocolError, ConnectionClosedError)):
        client("ec2").describe_vpn_connections()


def test_a_body_shorter_than_its_content_length(sim: SimServer, client: Any) -> None:
    sim.faults.add(Fault(kind="truncated"))
    with pytest.raises(IncompleteRead) as cut:
        ask(sim)
    assert cut.value.expected
    with pytest.raises(ResponseParserError):  # the SDK does not count what it reads
        client("ec2").describe_vpn_connections()


def test_malformed_xml(sim: SimServer, client: Any) -> None:
    sim.faults.add(Fault(kind="malformed"))
    with pytest.raises(ResponseParserError):
        client("ec2").describe_vpn_connections()


def test_gzip_and_chunked_answers_say_the_same(sim: SimServer, client: Any) -> None:
    plain = ask(sim)
    for kind, header in (("gzip", "Content-Encoding"), ("chunked", "Transfer-Encoding")):
        sim.faults.clear()
        sim.faults.add(Fault(kind=kind))
        _, headers, body = ask(sim)
        assert headers[header] == kind
        assert (gzip.decompress(body) if kind == "gzip" else body) == plain[2]
    assert client("ec2").describe_vpn_connections()["VpnConnections"]  # chunked


def test_redirect(sim: SimServer) -> None:
    sim.faults.add(Fault(kind="redirect"))
    status, headers, body = ask(sim)
    assert (status, headers["Location"], body) == (307, f"{sim.url}/", b"")


def test_a_connection_is_kept_for_the_next_call(sim: SimServer) -> None:
    with socket_for(sim) as connection:
        headers = signed_headers(sim.url, sim.env(), DESCRIBE)
        for _ in range(2):
            answer = connection.makefile("rb")
            assert answer.readline() == b"HTTP/1.1 200 OK\r\n"
            length = 0
            while (line := answer.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            assert answer.read(length).endswith(b"</DescribeVpnConnectionsResponse>")
            answer.close()
            fields = "".join(f"{k}: {v}\r\n" for k, v in headers.items())
            request = f"POST / HTTP/1.1\r\n{fields}Content-Length: {len(DESCRIBE)}\r\n\r\n"
            connection.sendall(request.encode() + DESCRIBE)


def test_faults_of_the_scenario_are_in_force_from_the_start() -> None:
    with SimServer(load_scenario("demo")) as server:
        [fault] = server.faults.in_force()
        sts = sdk_client(server, "sts", "us-east-1")
        [reading, *_] = server.world.accounts[fault.account].roles
        role = f"arn:aws:iam::{fault.account}:role/{reading.name}"
        session = sts.assume_role(RoleArn=role, RoleSessionName="tester")["Credentials"]
        with pytest.raises(ClientError, match="service control policy"):
            sdk_client(server, "ec2", fault.region, session=session).describe_vpn_connections()


def test_the_answer_to_a_garbled_request_is_an_error(sim: SimServer) -> None:
    body = b"Action=NoSuchAction&Version=2016-11-15"
    headers = signed_headers(sim.url, sim.env(), body)
    status, _, answer = post(sim.url, headers, body)
    assert (code_of(answer), status) == ("InvalidAction", 400)
