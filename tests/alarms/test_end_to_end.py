"""A tunnel drops, and somebody has the message; a drill shows the same without a drop."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bothup.sim.faults import Fault
from tests.alarms.account import ACCOUNT, REGION, Account
from tests.sim.subscriber import Subscriber, subscriber

ONE_MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def tickets(account: Account) -> Iterator[tuple[str, Subscriber]]:
    arn = account.topic(heard=False)
    with subscriber() as here:
        here.confirm(account.sns, arn)
        yield arn, here


@pytest.fixture(scope="module")
def pager(account: Account) -> Iterator[tuple[str, Subscriber]]:
    arn = account.topic(heard=False)
    with subscriber() as here:
        here.confirm(account.sns, arn)
        yield arn, here


@pytest.fixture(autouse=True)
def all_up(account: Account, tickets: Any, pager: Any) -> Iterator[None]:
    yield
    for name in ("a", "b"):
        put(account, name, 0, up=True)
        put(account, name, 1, up=True)
    account.sim.clock.advance(6 * ONE_MINUTE)
    for _, here in (tickets, pager):
        account.sns.publish(TopicArn=_topic(here, tickets, pager), Message='{"mark": 1}')
        while "mark" not in here.alarm():
            pass


def _topic(here: Subscriber, *both: tuple[str, Subscriber]) -> str:
    return next(arn for arn, each in both if each is here)


def put(account: Account, name: str, number: int, *, up: bool) -> None:
    vpn = account.connection(name)
    account.sim.set_tunnel(ACCOUNT, REGION, vpn.id, account.tunnel(name, number), up=up)


def routes(tickets: tuple[str, Subscriber], pager: tuple[str, Subscriber]) -> list[str]:
    return ["--degraded-topic", tickets[0], "--lost-topic", pager[0]]


def quiet(account: Account, name: str) -> None:
    """Let the new alarms see that all is well; that is told, too."""
    account.sim.clock.advance(5 * ONE_MINUTE)
    assert {each["StateValue"] for each in account.alarms().values()} == {"OK"}


def test_a_tunnel_drops(account: Account, bothup: Any, tickets: Any, pager: Any) -> None:
    assert bothup("apply", *routes(tickets, pager))[0] == 0
    quiet(account, "a")
    for _ in range(4):
        assert tickets[1].alarm()["NewStateValue"] == "OK"
    put(account, "a", 0, up=False)
    dropped = account.sim.clock.now()
    window = 3 * ONE_MINUTE  # the alarm's own: three values of a minute
    account.sim.clock.advance(2 * window)
    told = tickets[1].alarm()
    assert told["NewStateValue"] == "ALARM"
    at = account.sim.clock.now().fromisoformat(told["StateChangeTime"])
    assert at - dropped < 1.5 * window
    text = told["AlarmDescription"]
    vpn, tunnel = account.connection("a").id, account.tunnel("a")
    console = f"https://{REGION}.console.aws.amazon.com/vpcconsole/home?region={REGION}"
    assert all(each in text for each in (vpn, tunnel, "a (", ACCOUNT, console))
    assert (vpn in told["AlarmName"], tunnel in told["AlarmName"]) == (True, True)
    put(account, "a", 0, up=True)
    # A whole minute UP, after the one it came up in, and a while until its value is looked at.
    account.sim.clock.advance(3 * ONE_MINUTE)
    assert tickets[1].alarm()["NewStateValue"] == "OK"
    assert all(each["NewStateValue"] == "OK" for each in waiting(pager[1]))


def waiting(here: Subscriber) -> list[dict[str, Any]]:
    """The messages that have come already."""
    found = []
    while not here.posted.empty():
        found.append(here.alarm())
    return found


def rings(here: Subscriber) -> dict[str, Any]:
    """The next message that something is wrong; that all is well may come before."""
    while (told := here.alarm())["NewStateValue"] != "ALARM":
        pass
    return told


def test_a_connection_is_lost(account: Account, bothup: Any, tickets: Any, pager: Any) -> None:
    assert bothup("apply", *routes(tickets, pager))[0] == 0
    put(account, "b", 0, up=False)
    put(account, "b", 1, up=False)
    dropped = account.sim.clock.now()
    account.sim.clock.advance(2 * ONE_MINUTE + timedelta(seconds=10))
    told = pager[1].alarm()
    assert (told["AlarmName"], told["NewStateValue"]) == (account.lost("b"), "ALARM")
    at = account.sim.clock.now().fromisoformat(told["StateChangeTime"])
    assert at - dropped < 2 * ONE_MINUTE + timedelta(seconds=10)
    assert account.connection("b").id in told["AlarmDescription"]


def test_composite_alarms_keep_quiet_while_the_connection_is_lost(
    account: Account, bothup: Any, tickets: Any, pager: Any
) -> None:
    assert bothup("apply", "--composite", *routes(tickets, pager))[0] == 0
    assert bothup("audit")[0] == 0
    account.sim.calls.clear()
    assert bothup("apply", "--composite", *routes(tickets, pager))[0] == 0
    assert account.writes() == []
    put(account, "a", 0, up=False)
    account.sim.clock.advance(6 * ONE_MINUTE)
    told = rings(tickets[1])
    assert told["AlarmName"] == f"bothup/{account.connection('a').id}/degraded"
    assert account.tunnel("a") in json.dumps(told["TriggeringChildren"])
    put(account, "b", 0, up=False)
    put(account, "b", 1, up=False)
    account.sim.clock.advance(8 * ONE_MINUTE)
    assert pager[1].alarm()["AlarmName"] == account.lost("b")
    assert [each["NewStateValue"] for each in waiting(tickets[1])] in ([], ["OK"])
    for number in (0, 1):
        put(account, "b", number, up=True)
    put(account, "a", 0, up=True)
    account.sim.clock.advance(6 * ONE_MINUTE)
    assert bothup("apply", *routes(tickets, pager))[0] == 0
    assert len(account.alarms()) == 6


def test_a_drill_pages_and_puts_back(
    account: Account, bothup: Any, tickets: Any, pager: Any
) -> None:
    assert bothup("apply", *routes(tickets, pager))[0] == 0
    vpn = account.connection("a").id
    code, told, _ = bothup("drill", vpn, "--yes", "-o", "json")
    report = json.loads(told)
    assert code == 0, told
    assert {each["alarm"] for each in report["alarms"]} == {
        *(account.lost("a"), account.degraded("a", 0), account.degraded("a", 1)),
    }
    pages = [page for each in report["alarms"] for page in each["pages"]]
    assert all(page["seconds"] < 10 for page in pages)
    assert {page["endpoints"][0] for page in pages} == {
        f"http {tickets[1].url}",
        f"http {pager[1].url}",
    }
    assert {each["StateValue"] for each in account.alarms().values()} == {"OK"}
    assert pager[1].alarm()["NewStateReason"].startswith("bothup drill")
    code, told, _ = bothup("drill", vpn, "--yes", "--scope", "lost")
    assert (code, told.count("\n")) == (0, 1)
    assert "paged after" in told
    assert pager[1].url in told


def test_a_drill_goes_through_the_composite_alarm(
    account: Account, bothup: Any, tickets: Any, pager: Any
) -> None:
    assert bothup("apply", "--composite", *routes(tickets, pager))[0] == 0
    vpn, tunnel = account.connection("a").id, account.tunnel("a")
    quiet(account, "a")
    composite = account.inside(f"bothup/{vpn}/degraded")
    assert composite.params["ActionsSuppressorWaitPeriod"] == 60

    def let_time_pass() -> None:
        until = time.monotonic() + 30
        while composite.state != "ALARM" and time.monotonic() < until:
            time.sleep(0.02)
        for _ in range(3):  # each minute, CloudWatch finds the tunnels' alarms to be OK
            account.sim.clock.advance(ONE_MINUTE)

    meanwhile = threading.Thread(target=let_time_pass)
    meanwhile.start()
    code, told, _ = bothup("drill", vpn, "--yes", "--tunnel", tunnel, "--wait", "20")
    meanwhile.join()
    assert code == 0, told
    assert f"bothup/{vpn}/degraded: paged after" in told
    assert composite.state == "OK"
    assert rings(tickets[1])["AlarmName"] == composite.name


def test_a_drill_whose_answer_is_lost_puts_back(
    account: Account, bothup: Any, tickets: Any, pager: Any
) -> None:
    assert bothup("apply", *routes(tickets, pager))[0] == 0
    quiet(account, "a")
    account.sim.faults.add(Fault(kind="malformed", operation="cloudwatch:SetAlarmState", times=5))
    code, told, _ = bothup("drill", account.connection("a").id, "--yes", "--scope", "lost")
    assert (code, "not tried: " in told) == (3, True), told
    assert account.inside(account.lost("a")).state == "OK"
    assert rings(pager[1])["AlarmName"] == account.lost("a")


def test_a_drill_tells_what_fails(account: Account, bothup: Any, tickets: Any, pager: Any) -> None:
    assert bothup("apply", *routes(tickets, pager))[0] == 0
    closed = account.topic(Policy={"Statement": []})
    empty = account.topic(heard=False)
    account.put(account.lost("a"), AlarmActions=[closed])
    account.put(account.lost("b"), AlarmActions=[empty])
    code, told, _ = bothup("drill", account.connection("a").id, "--yes", "--scope", "lost")
    assert code == 3
    assert "failed: cloudwatch.amazonaws.com is not authorized" in told
    code, told, _ = bothup("drill", account.connection("b").id, "--yes", "--scope", "lost")
    assert (code, "nobody" in told) == (3, True)
    account.cloudwatch.disable_alarm_actions(AlarmNames=[account.lost("a")])
    code, told, _ = bothup("drill", account.connection("a").id, "--yes", "--scope", "lost")
    assert (code, "it tells nobody" in told) == (3, True)
    assert {each["StateValue"] for each in account.alarms().values()} == {"OK"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["vpn-0123456789abcdef0", "--yes"], "nowhere in what was read"),
        (["{a}", "--yes", "--tunnel", "192.0.2.200"], "has no tunnel of that outside IP"),
        (["{a}", "--yes", "--wait", "0"], "--wait 0"),
        (["{a}"], "there is no terminal to ask on"),
    ],
)
def test_a_drill_that_makes_no_sense(
    account: Account, bothup: Any, arguments: list[str], said: str, pager: Any, tickets: Any
) -> None:
    assert bothup("apply", *routes(tickets, pager))[0] == 0
    vpn = account.connection("a").id
    code, _, errors = bothup("drill", *(each.replace("{a}", vpn) for each in arguments))
    assert (code, said in errors) == (2, True)


def test_a_drill_that_is_interrupted_puts_back_all_the_same(
    account: Account, bothup: Any, tickets: Any, pager: Any
) -> None:
    assert bothup("apply", "--composite", *routes(tickets, pager))[0] == 0
    vpn = account.connection("a").id
    name = f"bothup/{vpn}/degraded"
    # The composite alarm waits a minute of simulated time, which does not pass.
    words = ["alarms", "drill", vpn, "--yes", "--tunnel", account.tunnel("a")]
    drill = subprocess.Popen(
        [sys.executable, "-m", "bothup", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 30
    while account.inside(name).state != "ALARM" and time.monotonic() < until:
        time.sleep(0.05)
    drill.send_signal(signal.SIGINT)
    _, errors = drill.communicate(timeout=30)
    assert (drill.returncode, b"interrupted" in errors) == (130, True)
    assert account.inside(name).state == "OK"
