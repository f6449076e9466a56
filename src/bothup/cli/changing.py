"""Flags and parts that the verbs which change something share."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Group, Parameter

from bothup.apply.means import Told
from bothup.apply.run import Outcome
from bothup.apply.stops import Why
from bothup.cli.flags import flag
from bothup.cli.incoming import data_of
from bothup.cli.options import ExternalId, Profile, Reach, RoleChain, RoleName, SessionName
from bothup.errors import UsageError
from bothup.model.plan import Plan
from bothup.read.plan_file import read_plan

_CHANGE = Group("Change", sort_key=0)


@Parameter(name="*")
@dataclass(frozen=True)
class Changing:
    """How changes are made and recorded; `settle` is seconds."""

    yes: Annotated[bool, flag("Do not ask.", "--yes", "-y", group=_CHANGE)] = False
    settle: Annotated[
        float,
        flag(
            "Seconds that a tunnel must stay UP before its sibling is touched (120).", group=_CHANGE
        ),
    ] = 120.0
    come_back: Annotated[
        float, flag("Seconds that a changed tunnel is given to come back up (600).", group=_CHANGE)
    ] = 600.0
    parallel: Annotated[
        int, flag("How many connections are changed at once (8).", group=_CHANGE)
    ] = 8
    allow_outage: Annotated[
        tuple[str, ...],
        flag(
            "Id of a connection that may be cut: its tunnels are changed whatever their siblings "
            "do. Repeatable.",
            group=_CHANGE,
        ),
    ] = ()
    journal: Annotated[
        Path | None, flag("Journal file (~/.local/state/bothup/journal.db).", group=_CHANGE)
    ] = None
    quiet: Annotated[
        bool, flag("Say nothing on stderr but errors.", "--quiet", "-q", group=_CHANGE)
    ] = False
    debug: Annotated[bool, flag("Log every call to AWS on stderr: no bodies.", group=_CHANGE)] = (
        False
    )

    def check(self) -> None:
        """Raise UsageError for what makes no sense."""
        if not 0 < self.settle <= 86400:
            raise UsageError("--settle: expected seconds, more than 0 and at most a day")
        if self.come_back <= 0:
            raise UsageError("--come-back: expected seconds, more than 0")
        if self.parallel < 1:
            raise UsageError("--parallel: expected 1 or more")


@Parameter(name="*")
@dataclass(frozen=True)
class Way:
    """Whose credentials change things, and by which role in other accounts."""

    profile: Profile = None
    role_name: RoleName = None
    external_id: ExternalId = None
    session_name: SessionName = "bothup"
    role_chain: RoleChain = ()

    def reach(self, accounts: Sequence[str]) -> Reach:
        """Say it as the verbs that read do, for these accounts."""
        return Reach(
            profile=self.profile,
            account=tuple(accounts),
            role_name=self.role_name,
            external_id=self.external_id,
            session_name=self.session_name,
            role_chain=self.role_chain,
        )


def journal_path(named: Path | None) -> Path:
    """Give the path of the journal, by the XDG Base Directory Specification where none is named."""
    if named is not None:
        return named
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "bothup" / "journal.db"


def plan_of(file: str) -> Plan:
    """Read a plan from a file, or from stdin for "-"; raises InputError."""
    source = "stdin" if file == "-" else file
    return read_plan(data_of(file), source)


def plan_id(plan: str) -> str:
    """Give the id of a plan that is named by its file or by its id in a journal."""
    return plan_of(plan).id if Path(plan).is_file() or plan == "-" else plan


def confirm(question: str, *, yes: bool) -> None:
    """Ask on the terminal; raises UsageError where there is none, or the answer is not yes."""
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to ask on: say --yes")
    print(f"{question} [yes/no] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("nothing is changed")


def tell(told: Told) -> None:
    """Say on stderr what happens, as it happens."""
    where = f"{told.resource} {told.tunnel or ''}".strip()
    print(f"{told.at:%H:%M:%S} {where}: {told.text}", file=sys.stderr, flush=True)


def summary(outcomes: Sequence[Outcome], refused: int = 0) -> Iterator[str]:
    """Yield a line for each resource: what was done, and what stopped it; or that nothing was."""
    for each in outcomes:
        line = f"{each.resource}: {each.done} of {each.steps} done"
        yield f"{line}; stopped ({each.why}): {each.text}\n" if each.why else f"{line}\n"
    if not outcomes:
        yield f"Nothing is done: {refused:,} refused\n" if refused else "Nothing to do\n"


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of an apply as a document (`bothup.apply/1`)."""

    schema: str = "bothup.apply/1"
    plan: str
    undoes: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    stopped: Why | None = None
