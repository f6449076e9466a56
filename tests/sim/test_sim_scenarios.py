"""Scenarios: what they may say, what comes along, and that they always mean the same."""

import ipaddress
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bothup.errors import InputError, UsageError
from bothup.sim import Clock, SimServer, load_scenario, parse_scenario, scenario_names
from bothup.sim.build import build
from bothup.sim.kinds import KINDS
from bothup.sim.kinds_of_causes import CAUSES

ACCOUNT = """
[[accounts]]
id = "111122223333"
name = "Example"
"""
CONNECTION = ACCOUNT + '[[accounts.connections]]\nname = "a"\nregion = "eu-west-1"\n'


@pytest.mark.parametrize(
    ("text", "where", "problem"),
    [
        ("accounts = [", "", "not TOML"),
        ("", "", "missing required field `accounts`"),
        ("colour = 'red'" + ACCOUNT, "", "unknown field `colour`"),
        (ACCOUNT + "colour = 'red'", "$.accounts[0]", "unknown field `colour`"),
        (ACCOUNT.replace("3333", "333"), "$.accounts[0].id", "matching regex"),
        (ACCOUNT + ACCOUNT, "$.accounts[1].id", "is there twice"),
        (ACCOUNT + "regions = ['eu-west-9']", "$.accounts[0].regions", "no Region eu-west-9"),
        (CONNECTION + "kind = 'helthy'", "$.accounts[0].connections[0].kind", "expected healthy"),
        (CONNECTION + "kind = 'x'", "$.accounts[0].connections[0].kind", "one of healthy"),
        (CONNECTION + "site = 'moon'", "$.accounts[0].connections[0].site", "no site moon"),
        (CONNECTION + "tunnels = [{}, {}, {}]", "$.accounts[0].connections[0].tunnels", "length"),
        (CONNECTION + "created = 'long ago'", "$.accounts[0].connections[0].created", "regex"),
        (
            CONNECTION + "tunnels = [{}, {options = {IKEVersions = ['ikev9']}}]",
            "$.accounts[0].connections[0].tunnels[1].options",
            "ikev9",
        ),
        (
            CONNECTION + "peer = {speed = 'slow'}",
            "$.accounts[0].connections[0].peer",
            "unknown field `speed`",
        ),
        ("regions = ['us-east-1']" + CONNECTION, "$.accounts[0].connections[0].region", "enabled"),
        (
            CONNECTION + CONNECTION.removeprefix(ACCOUNT),
            "$.accounts[0].connections[1].name",
            "twice",
        ),
        ("sites = [{name = 'a'}, {name = 'a'}]" + ACCOUNT, "$.sites[1].name", "twice"),
        (CONNECTION + "[[faults]]\nkind = 'flood'", "$.faults[0].kind", "flood"),
    ],
)
def test_what_makes_no_sense_is_named(text: str, where: str, problem: str) -> None:
    with pytest.raises(InputError) as error:
        parse_scenario(text, "mine.toml")
    assert (error.value.source, error.value.where) == ("mine.toml", where)
    assert problem in str(error.value)


def test_two_management_accounts() -> None:
    one = ACCOUNT + "management = true\n"
    with pytest.raises(InputError, match="111122223333, 444455556666 are management accounts"):
        parse_scenario(one + one.replace("111122223333", "444455556666"), "mine.toml")


def test_by_name_and_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(ACCOUNT)
    assert load_scenario(path).name == "mine"
    assert set(scenario_names()) >= {"demo", "healthy", "one-of-each"}
    for name in scenario_names():
        assert load_scenario(name).name == name
    with pytest.raises(InputError, match=r"no such scenario or file; expected one of causes, demo"):
        load_scenario("nothing")
    with pytest.raises(InputError, match="cannot be read"):
        load_scenario(tmp_path)


def test_every_kind_is_shown_once() -> None:
    [account] = load_scenario("one-of-each").accounts
    assert Counter(one.kind for one in account.connections if one.name in KINDS) == Counter(
        set(KINDS) - set(CAUSES)
    )
    [network, _] = load_scenario("causes").accounts
    with_logs = Counter(one.kind for one in network.connections if one.region == "eu-central-1")
    assert {with_logs[kind] for kind in CAUSES} == {1}


def test_the_demo_is_an_organisation_with_every_sort_of_trouble() -> None:
    demo = load_scenario("demo")
    connections = [one for account in demo.accounts for one in account.connections]
    assert len(demo.accounts) == 3
    assert len({one.region for one in connections}) == 4
    assert len(connections) == 25
    assert {one.kind for one in connections} >= {
        "healthy",
        "second-tunnel-never-configured",
        "idle",
        "wrong-key",
        "bgp-down",
        "modifying",
        "deleting",
        "up-no-routes",
    }
    assert [fault.code for fault in demo.faults] == ["UnauthorizedOperation"]


def test_two_builds_are_the_same_and_no_address_is_there_twice() -> None:
    demo, now = load_scenario("demo"), Clock().now()
    places = build(demo, now)
    assert places == build(demo, now)
    tunnels = [
        tunnel
        for place in places.values()
        for one in place.connections.values()
        for tunnel in one.tunnels
    ]
    outsides = [ipaddress.ip_address(tunnel.outside_ip) for tunnel in tunnels]
    assert len(set(outsides)) == len(outsides) == 50
    assert len({tunnel.options["PreSharedKey"] for tunnel in tunnels}) == 50
    documentation = [ipaddress.ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24")]
    assert all(any(one in network for network in documentation) for one in outsides)
    for place in places.values():
        insides = [
            t.options["TunnelInsideCidr"] for c in place.connections.values() for t in c.tunnels
        ]
        assert len(set(insides)) == len(insides)


def test_a_fleet_that_documentation_addresses_do_not_suffice_for() -> None:
    connections = "".join(
        f'[[accounts.connections]]\nname = "c{number}"\nregion = "eu-west-1"\n'
        for number in range(1000)
    )
    [place] = build(parse_scenario(ACCOUNT + connections, "fleet.toml"), Clock().now()).values()
    outsides = {tunnel.outside_ip for one in place.connections.values() for tunnel in one.tunnels}
    assert len(outsides) == 2000
    assert all(outside.startswith("198.18.") for outside in outsides)


def test_connections_share_a_device_only_where_they_name_one() -> None:
    accounts = "".join(
        f"""
        [[accounts]]
        id = "{account}"
        name = "Example"
        connections = [
          {{name = "office", region = "eu-west-1"}},
          {{name = "plant-a", region = "eu-west-1", site = "plant"}},
          {{name = "plant-b", region = "us-east-1", site = "plant"}},
        ]
        """
        for account in ("111122223333", "444455556666")
    )
    text = accounts + '[[sites]]\nname = "plant"'
    places = build(parse_scenario(text, "mine.toml"), Clock().now()).values()
    gateways = [gateway for place in places for gateway in place.customer_gateways.values()]
    assert len({gateway.id for gateway in gateways}) == 6
    shared = {gateway.ip for gateway in gateways if gateway.name == "plant"}
    own = [gateway.ip for gateway in gateways if gateway.name == "office"]
    assert (len(shared), len(set(own)), shared & set(own)) == (1, 2, set())


def test_what_a_connection_says_wins_over_its_kind() -> None:
    text = (
        CONNECTION
        + """
    kind = "idle"
    site = "plant"
    state = "modifying"
    tunnels = [
      {outside_ip = "192.0.2.77", since = "5m", status = "DOWN", message = "IPSEC IS DOWN"},
      {peer = {initiates = true, routes = 9}},
    ]
    [[sites]]
    name = "plant"
    ip = "203.0.113.9"
    asn = 65123
    """
    )
    now = Clock().now()
    [place] = build(parse_scenario(text, "mine.toml"), now).values()
    [one] = place.connections.values()
    [gateway] = place.customer_gateways.values()
    first, second = one.tunnels
    assert (gateway.ip, gateway.asn, one.state) == ("203.0.113.9", 65123, "modifying")
    assert (first.outside_ip, first.now.status) == ("192.0.2.77", "DOWN")
    assert abs(now - first.changed - timedelta(minutes=5)) < timedelta(seconds=2)
    assert second.now.message == "9 BGP ROUTES"


def test_importing_the_simulation_imports_neither_moto_nor_the_sdk() -> None:
    code = (
        "import sys; from bothup.sim import SimServer, load_scenario\n"
        "with SimServer(load_scenario('demo')): pass\n"
        "print([m for m in ('moto', 'botocore', 'boto3', 'flask') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("[]\n", "", 0)


def test_a_port_that_is_taken() -> None:
    with SimServer(load_scenario("healthy")) as sim:
        port = int(sim.url.rpartition(":")[2])
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1, port {port}"):
            SimServer(load_scenario("healthy"), port=port)


def test_waiting_ends_with_stopping() -> None:
    sim = SimServer(load_scenario("healthy")).start()
    waiting = threading.Thread(target=sim.wait)
    waiting.start()
    sim.stop()
    waiting.join(timeout=5)
    assert not waiting.is_alive()


def test_stopping_without_having_started() -> None:
    SimServer(load_scenario("healthy")).stop()
