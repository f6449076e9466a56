"""--resume: what an interrupted run had read, from the JSON Lines that it left."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from bothup.errors import InputError
from bothup.model.finding import Finding
from bothup.model.target import Coverage, CoverageStatus

_T = TypeVar("_T")
Block = tuple[Coverage, tuple[Finding, ...]]


class _Kind(msgspec.Struct):
    kind: str


def replay(file: str) -> Iterator[Block]:
    """Yield each Target that the run had read to the end, with its findings.

    A Target's findings stand before its coverage line, so those of a Target that the run was
    killed in are passed over, and so is a last line that was cut off. Raises InputError where the
    file is not what `-o jsonl` writes.
    """
    findings: list[Finding] = []
    for number, text in _lines(file):
        where = f"line {number}"
        match _decoded(text, _Kind, file, where).kind:
            case "finding":
                findings.append(_decoded(text, Finding, file, where))
            case "coverage":
                covered = _decoded(text, Coverage, file, where)
                if covered.status is CoverageStatus.READ:
                    yield covered, tuple(findings)
                findings = []


def _lines(file: str) -> Iterator[tuple[int, bytes]]:
    try:
        with Path(file).open("rb") as stream:
            for number, text in enumerate(stream, start=1):
                if text.endswith(b"\n"):
                    yield number, text
    except OSError as error:
        raise InputError(file, "", error.strerror or "cannot be read") from None


def _decoded(text: bytes, kind: type[_T], file: str, where: str) -> _T:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:
        raise InputError(file, where, str(error), "a line that `-o jsonl` wrote") from None
