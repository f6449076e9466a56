"""Flags that several verbs share."""

from dataclasses import dataclass
from typing import Annotated

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


@Parameter(name="*")
@dataclass(frozen=True)
class Reach:
    """Whose credentials, which Regions."""

    profile: Annotated[str | None, Parameter(group=_REACH)] = None
    """Profile of the AWS configuration; the default is the SDK's own."""

    region: Annotated[tuple[str, ...], Parameter(group=_REACH, negative=())] = ()
    """Region to read, repeatable; `all`, the default, is every Region that is enabled. With
    --input, the label of input that does not say."""

    account: Annotated[tuple[str, ...], Parameter(group=_REACH, negative=())] = ()
    """Account id to expect, or with --input to label input that does not say."""

    timeout: Annotated[float, Parameter(group=_REACH)] = 60.0
    """Seconds for one account and Region, retries included."""
