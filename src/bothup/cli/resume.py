"""--resume: what an interrupted run had read, from the JSON Lines that it left."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from bothup.errors import InputError, UsageError
from bothup.model.finding import Finding
from bothup.model.scan import SCHEMA, Asked
from bothup.model.target import Coverage, CoverageStatus, Target

_T = TypeVar("_T")
Block = tuple[Coverage, tuple[Finding, ...]]
_OURS = "a line that `-o jsonl` wrote"


class _Kind(msgspec.Struct):
    kind: str


class _Head(msgspec.Struct):
    schema: str
    asked: Asked | None = None


class Resumed:
    """An earlier run that this one goes on with; without a file there is none.

    What it has read is taken over (`blocks`). What it has not read is not forgotten: this run reads
    it, or else tells of it again (`forgotten`).
    """

    def __init__(self, file: str | None, asked: Asked) -> None:
        """Go on with the run that wrote the file, which must have been asked for the same."""
        self._file, self._asked = file, asked
        self._done: set[Target] = set()
        self._accounts: set[str] = set()
        self._unread: defaultdict[str, dict[str | None, Coverage]] = defaultdict(dict)

    def blocks(self) -> Iterator[Block]:
        """Yield each Target that the run had read to the end, with its findings.

        A Target's findings stand before its coverage line, so those of a Target that the run was
        killed in are passed over, and so is a last line that was cut off. Raises InputError where
        the file is not what `-o jsonl` writes, UsageError where the run was asked for other things.
        """
        if self._file is None:
            return
        findings: list[Finding] = []
        begun = False
        for number, text in _lines(self._file):
            where = f"line {number}"
            match _decoded(text, _Kind, self._file, where).kind:
                case "scan":
                    self._compare(_decoded(text, _Head, self._file, where), where)
                    begun = True
                case _ if not begun:
                    raise InputError(self._file, where, "a scan without its first line", _OURS)
                case "finding":
                    findings.append(_decoded(text, Finding, self._file, where))
                case "coverage":
                    covered = _decoded(text, Coverage, self._file, where)
                    if self._takes(covered):
                        yield covered, tuple(findings)
                    findings = []
        if not begun:
            raise InputError(self._file, "", "no whole line in it", _OURS)

    def finds(self, target: Target) -> bool:
        """Take note of a Target whose account is open, and say whether it is yet to be read.

        Raises UsageError where it is of other credentials than the earlier run's.
        """
        account = target.account or ""
        own = not (self._asked.accounts or self._asked.org)
        if own and account and self._accounts and account not in self._accounts:
            raise UsageError(
                f"--resume {self._file}: that run read account {min(self._accounts)}, and the "
                f"credentials are of {account}"
            )
        self._unread.get(account, {}).pop(None, None)
        return target not in self._done

    def covers(self, covered: Coverage) -> None:
        """Take note of what this run tells of a Target, or of a whole account."""
        if covered.region is None:
            self._unread.pop(covered.account or "", None)
        else:
            self._unread.get(covered.account or "", {}).pop(covered.region, None)

    def forgotten(self) -> Iterator[Coverage]:
        """Yield what the earlier run could not read and this run tells nothing of."""
        for regions in self._unread.values():
            yield from regions.values()

    def _takes(self, covered: Coverage) -> bool:
        """Take note of a Target of the earlier run; one of an unknown account is read anew."""
        if covered.account is None:
            return False
        self._accounts.add(covered.account)
        if covered.status is CoverageStatus.READ:
            self._done.add(Target(account=covered.account, region=covered.region))
            return True
        self._unread[covered.account][covered.region] = covered
        return False

    def _compare(self, head: _Head, where: str) -> None:
        assert self._file is not None
        if head.schema != SCHEMA or head.asked is None:
            raise InputError(self._file, where, "it was not written while AWS was read", _OURS)
        for field in msgspec.structs.fields(Asked):
            then, now = (getattr(each, field.name) for each in (head.asked, self._asked))
            if then != now:
                raise UsageError(
                    f"--resume {self._file}: --{field.encode_name} was {_shown(then)} in that run "
                    f"and is {_shown(now)} now; a run is resumed with the flags that it had"
                )


def _shown(value: object) -> str:
    """Write a flag's value as people do."""
    if isinstance(value, tuple):
        return ",".join(value) or "not given"
    return {True: "given", False: "not given", "": "not given"}.get(value, str(value))


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
        raise InputError(file, where, str(error), _OURS) from None
