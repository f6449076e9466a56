"""Faults: what goes wrong on demand, for which calls and how often."""

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

FaultKind = Literal[
    "error",
    "latency",
    "hang",
    "reset",
    "reset-mid-body",
    "truncated",
    "malformed",
    "gzip",
    "chunked",
    "redirect",
]


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault, for the calls that `account`, `region`, `operation` and `role` match.

    The four may hold the wildcards `*` and `?`; `account` is the caller's, `operation` is an IAM
    action ("ec2:DescribeVpnConnections"), `role` the ARN of the role that AssumeRole names. `times`
    says how often, absent always. `code`, `status` and `message` are for errors (`status` 0: as AWS
    answers that code), `seconds` for latency.
    """

    kind: FaultKind = "error"
    account: str = "*"
    region: str = "*"
    operation: str = "*"
    role: str = "*"
    times: int | None = None
    code: str = "InternalError"
    status: int = 0
    message: str | None = None
    seconds: float = 0.0

    def matches(self, account: str, region: str, operation: str, role: str) -> bool:
        """Whether the fault concerns a call of `operation` in that account and Region."""
        return (
            fnmatchcase(account, self.account)
            and fnmatchcase(region, self.region)
            and fnmatchcase(operation, self.operation)
            and fnmatchcase(role, self.role)
        )


class Faults:
    """The faults in force, in the order in which they were added."""

    def __init__(self, initial: tuple[Fault, ...] = ()) -> None:
        self._lock = threading.Lock()
        self._in_force: list[_Left] = []
        for fault in initial:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        """Put `fault` in force, behind those that are."""
        with self._lock:
            self._in_force.append(_Left(fault, fault.times))

    def clear(self) -> None:
        """End every fault."""
        with self._lock:
            self._in_force.clear()

    def in_force(self) -> tuple[Fault, ...]:
        """The faults that may still strike, with the times that they have left."""
        with self._lock:
            return tuple(
                msgspec.structs.replace(left.fault, times=left.times)
                for left in self._in_force
                if left.times != 0
            )

    def strike(
        self, account: str, region: str, operation: str, role: str = ""
    ) -> tuple[Fault, ...]:
        """The faults that this call meets: every latency, and the first of all others."""
        with self._lock:
            matching = [
                left
                for left in self._in_force
                if left.times != 0 and left.fault.matches(account, region, operation, role)
            ]
            slow = [left for left in matching if left.fault.kind == "latency"]
            other = [left for left in matching if left.fault.kind != "latency"][:1]
            for left in slow + other:
                if left.times is not None:
                    left.times -= 1
            return tuple(left.fault for left in slow + other)


@dataclass(slots=True)
class _Left:
    fault: Fault
    times: int | None
