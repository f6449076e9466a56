"""One laboratory from healthy to gone, and what is left of dead ones."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import boto3
import pytest

from bothup.lab.charon import children
from bothup.lab.fault import Healthy
from bothup.lab.lab import Lab
from bothup.lab.owner import ROOT, folders, namespaces, sweep_the_dead, this_process
from bothup.sim.scenario import Peer
from bothup.sim.server import SimServer
from tests.cli.conftest import clean_env

pytestmark = pytest.mark.usefixtures("buildable")


@pytest.fixture(scope="module")
def server(buildable: None) -> Iterator[SimServer]:
    healthy = Healthy(routing="bgp", options={"StartupAction": "start"},
                      peer=Peer(initiates=False))  # fmt: skip
    with SimServer(healthy.scenario()) as served:
        yield served


@pytest.fixture(scope="module")
def lab(server: SimServer) -> Iterator[Lab]:
    with Lab(server.world, next(server.world.connections())) as built:
        yield built


def verb(server: SimServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bothup", *arguments],
        env=clean_env() | server.env(),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_tunnels_are_up_by_their_real_sas(server: SimServer, lab: Lab) -> None:
    assert lab.wait(lambda: lab.up == (True, True), 60)
    assert [each.now.message for each in lab.connection.tunnels] == ["2 BGP ROUTES"] * 2
    suites = [each.now.suite for each in lab.connection.tunnels]
    assert {(each.ike, each.phase1, each.initiator) for each in suites if each} == {
        ("ikev2", ("AES256", "SHA2-256", 20), "aws"),
        ("ikev2", ("AES256", "SHA2-256", 20), "customer"),
    }
    assert verb(server, "scan", "--quiet").returncode == 0


def test_a_change_replaces_the_endpoint_and_leaves_the_sibling_alone(
    server: SimServer, lab: Lab
) -> None:
    began = time.monotonic()
    first = lab.connection.tunnels[0]
    params = {
        "VpnConnectionId": lab.connection.id,
        "VpnTunnelOutsideIpAddress": first.outside_ip,
        "TunnelOptions": {"Phase2LifetimeSeconds": 1800},
    }
    env = server.env()
    ec2 = boto3.client(
        "ec2",
        endpoint_url=server.url,
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )
    ec2.modify_vpn_tunnel_options(**params)
    assert not lab.up[0]
    assert lab.wait(lambda: lab.up[0], 60), "AWS does not bring the tunnel up by itself"
    assert lab.endpoints[0].watch.gaps(began), "the watch has not seen the SA go"
    assert lab.endpoints[1].watch.gaps(began) == []
    lives = [int(child["life-time"]) for _, _, child in children(lab.endpoints[0].charon.sas())]
    assert lives
    assert max(lives) <= 1800


def test_aws_waits_where_the_device_speaks_ikev1(lab: Lab) -> None:
    endpoint = lab.endpoints[0]
    assert endpoint.starts
    tunnel = endpoint.scene.tunnel
    options = dict(tunnel.options)
    try:
        tunnel.options = {**options, "IkeVersions": [{"Value": "ikev1"}]}
        assert not endpoint.starts
    finally:
        tunnel.options = options


def test_nothing_is_left(lab: Lab) -> None:
    with SimServer(Healthy().scenario()) as other:
        with Lab(other.world, next(other.world.connections())) as second:
            mine = second.network.namespace("")
            assert any(name.startswith(mine) for name in namespaces())
            (daemons,) = [each.charon for each in second.endpoints[:1]]
        assert not any(name.startswith(mine) for name in namespaces())
        assert second.folder not in folders()
        assert not daemons.lives
    assert lab.up == (True, True), "the laboratory beside it has suffered"


BUILT_AND_KILLED = """
import os, signal, sys
from bothup.lab.charon import children
from bothup.lab.fault import Healthy
from bothup.lab.lab import Lab, kept
from bothup.lab.owner import namespaces, this_process
from bothup.sim.server import SimServer

with kept(), SimServer(Healthy().scenario()) as server:
    with Lab(server.world, next(server.world.connections())):
        print(this_process(), len(namespaces(this_process())), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nothing_is_left_after_a_kill() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUILT_AND_KILLED], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    owner, count = done.stdout.split()
    assert count == "4"
    deadline = time.monotonic() + 20
    while (namespaces(owner) or folders(owner)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert namespaces(owner) == []
    assert folders(owner) == []
    assert not _running(owner)


def test_the_next_start_sweeps_what_the_dead_left(lab: Lab) -> None:
    dead = f"{_dead_process()}.1"
    name = f"bothup-lab-{dead}-0-cgw"
    subprocess.run(["ip", "netns", "add", name], check=True)
    sleeper = subprocess.Popen(["ip", "netns", "exec", name, "sleep", "60"])
    while str(sleeper.pid) not in _inside(name) and sleeper.poll() is None:
        time.sleep(0.01)  # until then it is not of the dead
    (ROOT / f"{dead}-0").mkdir(parents=True)
    sweep_the_dead()
    assert namespaces(dead) == []
    assert folders(dead) == []
    assert sleeper.wait(10) == -signal.SIGKILL
    assert namespaces(this_process()), "it swept what lives, too"
    assert lab.up == (True, True)


def _dead_process() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def _inside(namespace: str) -> list[str]:
    pids = ["ip", "netns", "pids", namespace]
    return subprocess.run(pids, capture_output=True, text=True).stdout.split()


def _running(owner: str) -> bool:
    told = subprocess.run(["ps", "-eo", "stat,args"], capture_output=True, text=True, check=True)
    return any(f"/{owner}-" in line for line in told.stdout.splitlines())
