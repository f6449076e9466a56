"""The closed loop: broken, seen, named and cured by bothup itself, as its command line does it."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from bothup.errors import BothupError
from bothup.lab.fault import Fault
from bothup.lab.lab import Lab
from bothup.lab.outcome import Outcome
from bothup.lab.traces import keep
from bothup.lab.watch import Gap
from bothup.sim.server import SimServer

# How long a fault is given to be seen, to leave its traces, and a cure to work; seconds.
_SEEN, _TRACES, _CURED = 60.0, 20.0, 90.0
_SETTLE = "1.5"
# After the last trace the daemons and AWS's logs are given a moment more.
_MOMENT = 0.6


class Failed(BothupError):
    """The loop cannot go on with a fault."""


_ITS_OWN = (BothupError, OSError, ValueError, subprocess.TimeoutExpired)


class Verbs:
    """bothup's command line on one simulated AWS."""

    def __init__(self, server: SimServer, folder: Path) -> None:
        self._folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        nowhere = {
            "AWS_CONFIG_FILE": str(folder / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
            "HOME": str(folder),
        }
        self._env = kept | server.env() | nowhere

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """What a verb prints; raises Failed for an exit code that is none of `codes`."""
        done = subprocess.run(
            [sys.executable, "-m", "bothup", *arguments],
            env=self._env,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        if done.returncode not in codes:
            said = (done.stderr or done.stdout).strip()[-600:]
            raise Failed(f"bothup {arguments[0]} ended with {done.returncode}: {said}")
        return done.stdout

    def scan(self) -> dict[str, Any] | None:
        """EC2.20's finding on the connection; None where nothing could be read this time."""
        arguments = ("--control", "EC2.20", "--quiet", "-o", "json")
        told = json.loads(self.run("scan", *arguments, codes=(0, 3, 4)))
        return dict(told["findings"][0]) if told["findings"] else None

    def diagnose(self, vpn: str, outside: str, *files: str) -> dict[str, Any]:
        """The cause that is named first for a tunnel."""
        told = self.run(
            *("diagnose", vpn, "--quiet", "--telemetry-interval", "0", "-o", "json", *files),
            codes=(0, 3, 4),
        )
        document = json.loads(told)
        (self._folder / f"diagnosis-{'both-sides' if files else 'id-alone'}.json").write_text(told)
        if "diagnoses" in document:
            (document,) = document["diagnoses"]
        causes = next(
            each["causes"] for each in document["tunnels"] if each["outside_ip"] == outside
        )
        return dict(causes[0]) if causes else {"id": "", "do_on_device": []}

    def apply(self, vpn: str) -> None:
        """Plan the cure of a tunnel that nobody starts, and carry it out."""
        remedies = ("--only", "startup-start", "--only", "dpd-restart")
        self.run("plan", vpn, *remedies, "--quiet", "-o", "json=plan.json")
        self.run("apply", "plan.json", "--yes", "--quiet", "--settle", _SETTLE, "--come-back", "60",
                 "--journal", "journal.db")  # fmt: skip


def run_fault(fault: Fault, kept: Path | None = None) -> Outcome:
    """One fault from healthy to healthy; never raises for what belongs to the fault alone.

    Where it does not hold, the logs are put into a folder of its name in `kept`.
    """
    began = time.monotonic()
    loop = _Loop(fault)
    try:
        with SimServer(fault.healthy.scenario()) as server:
            connection = next(server.world.connections())
            with Lab(server.world, connection, life=fault.healthy.life) as lab:
                try:
                    loop.go_round(lab, Verbs(server, lab.folder))
                except _ITS_OWN as error:
                    loop.learn(problem=str(error))
                if kept and not loop.learn().held:
                    keep(lab, loop.learn(), kept / fault.id)
    except _ITS_OWN as error:
        loop.learn(problem=str(error))
    return loop.learn(seconds=time.monotonic() - began)


class _Loop:
    """One fault on its way; what is known of it so far is `learn()`ed."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._outcome = Outcome(fault=fault.id, cause=fault.cause, cure=fault.cure)
        self._broken_at = self._cured_from = 0.0
        self._before: dict[Path, int] = {}
        self._lab: Lab
        self._verbs: Verbs

    def learn(self, **more: Any) -> Outcome:
        """All that is known, with `more`."""
        self._outcome = msgspec.structs.replace(self._outcome, **more)
        return self._outcome

    def go_round(self, lab: Lab, verbs: Verbs) -> None:
        """Healthy, broken, seen, named, cured; raises BothupError."""
        self._lab, self._verbs = lab, verbs
        vpn, first = lab.connection.id, lab.connection.tunnels[0].outside_ip
        self._healthy()
        self._before = {path: len(_text(path)) for path in self._logs()}
        self._broken_at = time.monotonic()
        try:
            self._fault.inflict(lab)
            self.learn(detected=self._detect())
            self._traces()
            self.learn(named_alone=verbs.diagnose(vpn, first)["id"])
            named = verbs.diagnose(vpn, first, *self._files())
            self.learn(named=named["id"])
            self.learn(cured=self._cure(named["do_on_device"]))
        finally:
            gaps = self._gaps()
            lost = None if gaps is None else bool(gaps)
            self.learn(sibling_lost=lost, gaps=tuple(map(str, gaps or ())))

    def _healthy(self) -> None:
        if not self._fault.from_the_start and not self._both_up():
            raise Failed("it does not come up healthy")

    def _both_up(self, seconds: float = 0.0) -> bool:
        return self._lab.wait(lambda: self._lab.up == (True, True), seconds)

    def _detect(self) -> float | None:
        """Scan until it is seen; of what is to raise no alarm, that it raises none."""
        if self._fault.sight in ("no alarm", "unseen"):
            return self._since() if self._passes() else None
        while self._since() < _SEEN:
            if self._fault.sight == "notice" or not self._lab.up[0]:
                found = self._verbs.scan()
                if self._is_seen(found):
                    return self._since()
            time.sleep(0.1)
        return None

    def _passes(self) -> bool:
        """Whether a scan finds both tunnels UP; one that reads nothing is made again."""
        finding = self._verbs.scan() or self._verbs.scan()
        return finding is not None and finding["status"] == "PASSED"

    def _is_seen(self, finding: dict[str, Any] | None) -> bool:
        if finding is None:
            return False
        first = self._lab.connection.tunnels[0].outside_ip
        if self._fault.sight == "notice":
            return any(first in (each["tunnel"] or "") for each in finding["notices"])
        return finding["status"] == "FAILED" and any(
            each["status"] == "DOWN" for each in finding["tunnels"] if each["outside_ip"] == first
        )

    def _since(self) -> float:
        return time.monotonic() - self._broken_at

    def _traces(self) -> None:
        """Wait until the fault has left its traces in the logs, behind what they had before it."""
        search = re.compile(self._fault.until, re.DOTALL).search
        self._lab.wait(
            lambda: any(search(_text(path)[self._before.get(path, 0) :]) for path in self._logs()),
            _TRACES,
        )
        time.sleep(_MOMENT)

    def _logs(self) -> Iterator[Path]:
        """The device's logs and those of AWS's endpoint of tunnel 1."""
        yield from self._lab.gateway.logs
        yield from self._lab.endpoints[0].logs

    def _files(self) -> Iterator[str]:
        yield from ("--device-config", str(self._lab.gateway.config))
        for path in self._lab.gateway.logs:
            yield from ("--device-log", str(path))

    def _cure(self, advice: list[str]) -> float | None:
        """Have AWS's side cure it, or do what the diagnosis advises; seconds until both are up."""
        fault, begin = self._fault, time.monotonic()
        self._cured_from = begin
        if fault.advice and not re.search(fault.advice, " ".join(advice)):
            raise Failed(f"the advice for the device does not help: {advice}")
        if fault.repair:
            fault.repair(self._lab)
        if fault.cure == "aws":
            self._verbs.apply(self._lab.connection.id)
        if not stays_up(self._both_up, self._passes, _CURED):
            return None
        return time.monotonic() - begin

    def _gaps(self) -> list[Gap] | None:
        """When the sibling was without an SA since; None where that does not count.

        Where the fault takes it, too, that counts from the beginning of the cure.
        """
        if self._fault.both and self._fault.cure != "aws":
            return None
        since = self._cured_from if self._fault.both else self._broken_at
        return self._lab.endpoints[1].watch.gaps(since)


def stays_up(up: Callable[[float], bool], scanned: Callable[[], bool], seconds: float) -> bool:
    """Wait until both tunnels are `up` and still so when a scan has `scanned` them.

    A session that breaks down again and again is up now and then. `up` waits so many seconds.
    """
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if up(left) and scanned():
            return True
    return False


def _text(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text("utf-8", "replace")
    return ""
