"""A case: evidence, and the cause that is known or told to be behind it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from bothup.engine.diagnose import diagnose
from bothup.model.connection import TunnelStatus
from bothup.model.diagnosis import CauseVerdict, Certainty, Diagnosis
from bothup.read.bundle import bundle_of

# A cause that says more precisely what a case calls by a wider name is right, too.
REFINES = {
    "bgp-asn-mismatch": "bgp-down",
    "bgp-hold-timer": "bgp-down",
    "bgp-prefix-limit": "bgp-down",
    "bgp-unreachable": "bgp-down",
}
FORMS = ("both sides", "AWS's side", "device's side", "public: log", "public: telemetry")


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """The cause, and others that are acceptable."""

    cause: str
    also: tuple[str, ...] = ()
    confidence: str = ""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One case; `tunnel` is the outside IP in question, where one is."""

    id: str
    expected: Expected
    evidence: dict[str, Any]
    form: str = ""
    tunnel: str = ""
    decidable: bool = True

    @property
    def kind(self) -> str:
        """The kind of evidence, one of FORMS; "" where there is only prose."""
        if self.form:
            return {"both": FORMS[0], "aws": FORMS[1], "device": FORMS[2]}.get(self.form, self.form)
        if any(log.get("lines") for log in self.evidence.get("logs", ())):
            return FORMS[3]
        connection = self.evidence.get("connection") or {}
        return FORMS[4] if connection.get("VgwTelemetry") else ""

    @property
    def accepted(self) -> frozenset[str]:
        """Every cause that is right."""
        told = {self.expected.cause, *self.expected.also}
        return frozenset(told | {fine for fine, wide in REFINES.items() if wide in told})


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the diagnosis of a case came to."""

    case: Case
    diagnosis: Diagnosis
    causes: tuple[CauseVerdict, ...]

    @property
    def first(self) -> str:
        """The cause that was put first."""
        return self.causes[0].id if self.causes else ""

    def within(self, places: int) -> bool:
        """Whether a right cause is among the first ones; what is ruled out does not count."""
        leading = [each for each in self.causes if each.verdict is not Certainty.RULED_OUT]
        return any(each.id in self.case.accepted for each in leading[:places])

    @property
    def wrongly_confirmed(self) -> tuple[str, ...]:
        """Causes that were called confirmed and are not right."""
        return tuple(
            each.id
            for each in self.causes
            if each.verdict is Certainty.CONFIRMED and each.id not in self.case.accepted
        )


def read_cases(folders: list[Path]) -> Iterator[Case]:
    """Read every case below the folders, in the order of the names."""
    for folder in folders:
        for file in sorted(folder.rglob("*.json")):
            yield msgspec.json.decode(file.read_bytes(), type=Case)


def run(case: Case, now: datetime) -> Outcome:
    """Diagnose a case."""
    diagnosis = diagnose(bundle_of(case.evidence, now=now), now=now)
    return Outcome(case=case, diagnosis=diagnosis, causes=_answer(case, diagnosis))


def _answer(case: Case, diagnosis: Diagnosis) -> tuple[CauseVerdict, ...]:
    """Give the ranking that answers the case: of its tunnel, else of the connection."""
    for tunnel in diagnosis.tunnels:
        if case.tunnel and tunnel.outside_ip == case.tunnel:
            return tunnel.causes
    troubled = [each for each in diagnosis.tunnels if each.status is not TunnelStatus.UP]
    return (troubled or diagnosis.tunnels)[0].causes
