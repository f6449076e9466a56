"""Scan: everything one run of `bothup scan` found out (`bothup.scan/1`)."""

from datetime import datetime
from typing import Literal

import msgspec

from bothup.model.finding import Finding
from bothup.model.target import Coverage

SCHEMA: Literal["bothup.scan/1"] = "bothup.scan/1"


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote the document."""

    name: str
    version: str


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for."""

    partition: str | None = None
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", omit_defaults=True):
    """What a run was told by its flags, named as these are; runs told the same read the same.

    Names are sorted, for their order changes nothing, but for the roles of a chain.
    """

    accounts: tuple[str, ...] = ()
    org: bool = False
    ou: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    role_chain: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    shard: str = ""
    control: tuple[str, ...] = ()


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Counts; `connections` are those that a finding stands for, whatever its status.

    `muted` findings are counted under their status too. `targets_partly` are those in which some
    controls were judged and others not; `targets_unread` are those in which none was. `idle`
    connections are charged for and not used, at `idle_monthly` US dollars a month; of
    `idle_unpriced` among them no price is known. Of `traffic_unknown` connections it was asked
    whether they are used, and is not known.
    """

    connections: int = 0
    tunnels_up: int = 0
    tunnels_down: int = 0
    tunnels_unknown: int = 0
    targets_read: int = 0
    targets_unread: int = 0
    targets_partly: int = 0
    muted: int = 0
    idle: int = 0
    idle_monthly: float = 0.0
    idle_unpriced: int = 0
    traffic_unknown: int = 0
    by_status: dict[str, int] = {}
    by_control: dict[str, dict[str, int]] = {}


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """One run: coverage and findings, each sorted, and their sums."""

    schema: Literal["bothup.scan/1"] = SCHEMA
    tool: Tool
    started_at: datetime
    finished_at: datetime
    scope: Scope
    coverage: tuple[Coverage, ...] = ()
    findings: tuple[Finding, ...] = ()
    summary: Summary = Summary()
