"""Flags that several verbs share."""

from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import Group, Parameter

_SHOWN = Group("Output", sort_key=2)
_REACH = Group("AWS", sort_key=1)


@Parameter(name="*")
@dataclass(frozen=True)
class Shown:
    """What is written where, and how much is said."""

    output: Annotated[
        tuple[str, ...],
        Parameter(name=("--output", "-o"), group=_SHOWN, negative=()),
    ] = ()
    """FORMAT[=FILE], repeatable: table (default), json, jsonl, csv, markdown."""

    quiet: Annotated[bool, Parameter(name=("--quiet", "-q"), group=_SHOWN, negative=())] = False
    """Say nothing on stderr but errors."""

    verbose: Annotated[bool, Parameter(name=("--verbose", "-v"), group=_SHOWN, negative=())] = False
    """List healthy connections too, however many."""

    debug: Annotated[bool, Parameter(group=_SHOWN, negative=())] = False
    """Log every call to AWS on stderr (no bodies, no headers, no secrets)."""


def _flag(**more: Any) -> Parameter:
    return Parameter(group=_REACH, negative=(), **more)


@Parameter(name="*")
@dataclass(frozen=True)
class Reach:
    """Whose credentials, which accounts, which Regions."""

    profile: Annotated[str | None, _flag()] = None
    """Profile of the AWS configuration; the default is the SDK's own."""

    region: Annotated[tuple[str, ...], _flag()] = ()
    """Region to read, repeatable; `all`, the default, is every Region that is enabled. With
    --input, the label of input that does not say."""

    account: Annotated[tuple[str, ...], _flag()] = ()
    """Account id to read, repeatable. With --input, the label of input that does not say."""

    accounts: Annotated[str | None, _flag()] = None
    """Account ids with commas between them, or a file with one on each line."""

    org: Annotated[bool, _flag()] = False
    """Read every ACTIVE account of the organization."""

    ou: Annotated[tuple[str, ...], _flag()] = ()
    """With --org: only accounts in or below this organizational unit (ou-… or r-…), repeatable."""

    include: Annotated[tuple[str, ...], _flag()] = ()
    """With --org: only accounts whose id, name or tag (key=value) fits this glob, repeatable."""

    exclude: Annotated[tuple[str, ...], _flag()] = ()
    """With --org: no account whose id, name or tag (key=value) fits this glob, repeatable."""

    role_name: Annotated[str | None, _flag()] = None
    """Role to assume in every account but the credentials' own."""

    external_id: Annotated[str | None, _flag()] = None
    """External id that the role asks for."""

    session_name: Annotated[str, _flag()] = "bothup"
    """Session name, which CloudTrail shows in the accounts."""

    role_chain: Annotated[tuple[str, ...], _flag()] = ()
    """ARN of a role to assume first, repeatable; one after the other."""

    timeout: Annotated[float, _flag()] = 60.0
    """Seconds for one account and Region, retries included."""

    deadline: Annotated[float, _flag()] = float("inf")
    """Seconds for the whole run; what is not read by then is reported as unreachable."""

    in_flight: Annotated[int, _flag()] = 256
    """How many accounts and Regions are read at once."""
