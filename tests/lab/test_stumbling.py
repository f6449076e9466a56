"""Faults that do not hold: what is told and kept of them, and what does not make them stumble."""

import itertools
import threading
from pathlib import Path

import pytest

from bothup.lab.fault import Fault, Healthy
from bothup.lab.lab import Lab
from bothup.lab.loop import Failed, run_fault
from bothup.lab.network import Cut
from bothup.lab.run import run_faults
from bothup.sim.server import SimServer

pytestmark = pytest.mark.usefixtures("buildable")


def test_of_a_fault_that_does_not_hold_the_logs_are_kept_and_no_key(tmp_path: Path) -> None:
    keys = []

    def lose_the_sibling(lab: Lab) -> None:
        keys.extend(each.options["PreSharedKey"] for each in lab.connection.tunnels)
        lab.gateway.charon.terminate(ike="tunnel2")
        lab.wait(lambda: not lab.endpoints[1].watch.up, 10)
        raise Failed("nothing comes of it")

    fault = Fault(id="lost", title="-", cause="healthy", inflict=lose_the_sibling)
    outcome = run_fault(fault, tmp_path)
    assert outcome.sibling_lost
    assert not outcome.held
    assert outcome.problem == "nothing comes of it"
    assert "child-updown down tunnel[1] 1" in outcome.gaps[0]
    kept = {str(each.relative_to(tmp_path / "lost")): each.read_text("utf-8")
            for each in (tmp_path / "lost").rglob("*") if each.is_file()}  # fmt: skip
    assert {"outcome.json", "cgw/charon.log", "aws1/charon.log", "aws2/watch.log"} <= set(kept)
    assert "received DELETE for IKE_SA" in kept["aws2/charon.log"]
    assert len(keys) == 2
    assert not any(key in text for key in keys for text in kept.values())


def test_what_stumbles_gets_a_second_go_and_both_are_told(tmp_path: Path) -> None:
    goes = itertools.count(1)

    def stumble(_: Lab) -> None:
        raise Failed(f"go {next(goes)}")

    fault = Fault(id="stumbles", title="-", cause="healthy", inflict=stumble)
    (outcome,) = run_faults([fault], kept_in=tmp_path)
    assert outcome.first
    assert (outcome.first.problem, outcome.problem) == ("go 1", "go 2")
    assert sorted(each.parent for each in tmp_path.rglob("outcome.json")) == [
        tmp_path / "second-go" / "stumbles",
        tmp_path / "stumbles",
    ]


class LateWord(Lab):
    """The device's first packets to AWS's second endpoint get lost."""

    def _configure_gateway(self) -> None:
        self.network.cut(Cut(from_="cgw", to="aws2"))
        threading.Timer(0.7, self.network.cut).start()
        super()._configure_gateway()


def test_at_the_start_aws_leaves_the_first_word_to_a_device_that_has_one() -> None:
    with (
        SimServer(Healthy().scenario()) as server,
        LateWord(server.world, next(server.world.connections())) as lab,
    ):
        assert lab.wait(lambda: lab.up == (True, True))
        assert lab.gateway.starts("tunnel2")
        assert lab.endpoints[1].starts
        assert "initiating IKE_SA" not in lab.endpoints[1].charon.log.read_text("utf-8")
