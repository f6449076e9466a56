"""The closed loop: broken, seen, named and cured by bothup itself, as its command line does it."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bothup.errors import BothupError
from bothup.lab.fault import Fault
from bothup.lab.lab import Lab
from bothup.sim.server import SimServer

# How long a fault is given to be seen, to leave its traces, and a cure to work; seconds.
_SEEN, _TRACES, _CURED = 60.0, 20.0, 90.0
_SETTLE = "1.5"
# After the last trace the daemons and AWS's logs are given a moment more.
_MOMENT = 0.6


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one fault.

    `detected` and `cured` are seconds, None where it was not. `named_alone` is the cause that was
    named from the connection's id alone, `named` with the device's log and configuration, too.
    `sibling_lost` is whether the other tunnel lost its SA at any time. `problem` is what went wrong
    otherwise. `seconds` is how long it took in all.
    """

    fault: str
    cause: str
    cure: str
    detected: float | None = None
    named_alone: str = ""
    named: str = ""
    cured: float | None = None
    sibling_lost: bool | None = None
    problem: str = ""
    seconds: float = 0.0

    @property
    def held(self) -> bool:
        """Whether all that is claimed holds."""
        well = self.detected is not None and self.cured is not None and not self.problem
        return well and self.named == self.cause and not self.sibling_lost


class Failed(BothupError):
    """The loop cannot go on with a fault."""


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


def run_fault(fault: Fault) -> Outcome:
    """One fault from healthy to healthy; never raises for what belongs to the fault alone."""
    began = time.monotonic()
    loop = _Loop(fault)
    try:
        with SimServer(fault.healthy.scenario()) as server:
            connection = next(server.world.connections())
            with Lab(server.world, connection, life=fault.healthy.life) as lab:
                loop.go_round(lab, Verbs(server, lab.folder))
    except (BothupError, OSError, ValueError, subprocess.TimeoutExpired) as error:
        loop.learn(problem=str(error))
    return loop.learn(seconds=time.monotonic() - began)


class _Loop:
    """One fault on its way; what is known of it so far is `learn()`ed."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._outcome = Outcome(fault=fault.id, cause=fault.cause, cure=fault.cure)
        self._broken_at = self._cured_from = 0.0
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
            self.learn(sibling_lost=self._sibling_lost())

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
        """Wait until the fault has left its traces in the logs."""
        search = re.compile(self._fault.until, re.DOTALL).search
        paths = [*self._lab.gateway.logs, *(each.charon.log for each in self._lab.endpoints[:1])]
        self._lab.wait(lambda: any(search(_new(path)) for path in paths), _TRACES)
        time.sleep(_MOMENT)

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
        if not self._both_up(_CURED) or not self._passes():
            return None
        return time.monotonic() - begin

    def _sibling_lost(self) -> bool | None:
        """Whether the sibling was ever without an SA since.

        Where the fault takes it, too, that counts from the beginning of the cure.
        """
        if self._fault.both and self._fault.cure != "aws":
            return None
        since = self._cured_from if self._fault.both else self._broken_at
        return bool(self._lab.endpoints[1].watch.gaps(since))


def _new(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text("utf-8", "replace")
    return ""
