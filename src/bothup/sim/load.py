"""Load: scenarios by name, from those that come along, or by path; and what must be true of one."""

import difflib
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec

from bothup.errors import InputError
from bothup.sim.kinds import KINDS
from bothup.sim.options import check_options
from bothup.sim.refusal import Refusal
from bothup.sim.regions import ALL_REGIONS, DEFAULT_REGIONS
from bothup.sim.scenario import Account, Connection, Scenario

Problem = tuple[str, str, str]


def scenario_names() -> tuple[str, ...]:
    """The names of the scenarios that come along, sorted."""
    folder = files("bothup.sim") / "scenarios"
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml")))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """The scenario of that name, or in that TOML file.

    Raises InputError, naming file and key, for one that cannot be read or makes no sense.
    """
    source, text = _read(str(name_or_path))
    return parse_scenario(text, source)


def parse_scenario(text: str, source: str) -> Scenario:
    """The scenario that `text` (TOML) says; `source` is its file's name, for errors."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(source, "", f"not TOML: {error}") from None
    tree.setdefault("name", Path(source).stem)
    try:
        scenario = msgspec.convert(tree, Scenario)
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at ")
        raise InputError(source, where.strip("`"), problem) from None
    for where, problem, expected in _problems(scenario):
        raise InputError(source, where, problem, expected)
    return scenario


def _read(name: str) -> tuple[str, str]:
    if name in scenario_names():
        return f"{name}.toml", (files("bothup.sim") / "scenarios" / f"{name}.toml").read_text()
    try:
        return name, Path(name).read_text(encoding="utf-8")
    except FileNotFoundError:
        known = ", ".join(scenario_names())
        raise InputError(name, "", "there is no such scenario or file", f"one of {known}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(name, "", f"cannot be read: {error}") from None


def _problems(scenario: Scenario) -> Iterator[Problem]:
    """What does not fit together in a scenario whose parts are right by themselves."""
    ids = [account.id for account in scenario.accounts]
    for number, account in enumerate(scenario.accounts):
        where = f"$.accounts[{number}]"
        if ids.index(account.id) != number:
            yield f"{where}.id", f"account {account.id} is there twice", "another id"
        yield from _account_problems(scenario, account, where)
    sites = [site.name for site in scenario.sites]
    for number, name in enumerate(sites):
        if sites.index(name) != number:
            yield f"$.sites[{number}].name", f"site {name} is there twice", "another name"
    managing = [account.id for account in scenario.accounts if account.management]
    if len(managing) > 1:
        yield "$.accounts", f"{', '.join(managing)} are management accounts", "at most one"


def _account_problems(scenario: Scenario, account: Account, where: str) -> Iterator[Problem]:
    for region in account.regions or scenario.regions or ():
        if region not in ALL_REGIONS:
            yield f"{where}.regions", f"there is no Region {region}", "one of AWS's Regions"
    enabled = account.regions or scenario.regions or DEFAULT_REGIONS
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(account.connections):
        here = f"{where}.connections[{number}]"
        if one.region not in enabled:
            yield f"{here}.region", f"{one.region} is not enabled", "one of " + ", ".join(enabled)
        if (one.region, one.name) in seen:
            yield f"{here}.name", f"{one.name} is there twice in {one.region}", "another name"
        seen.add((one.region, one.name))
        yield from _connection_problems(scenario, one, here)


def _connection_problems(scenario: Scenario, one: Connection, here: str) -> Iterator[Problem]:
    if one.kind not in KINDS:
        near = difflib.get_close_matches(one.kind, KINDS, 1)
        expected = near[0] if near else "one of " + ", ".join(KINDS)
        yield f"{here}.kind", f"there is no kind {one.kind}", expected
    sites = [site.name for site in scenario.sites]
    if one.site is not None and one.site not in sites:
        yield f"{here}.site", f"there is no site {one.site}", "one of " + ", ".join(sites)
    for path, options in (
        ("options", one.options),
        *((f"tunnels[{n}].options", tunnel.options) for n, tunnel in enumerate(one.tunnels)),
    ):
        try:
            check_options(options, {})
        except Refusal as refusal:
            yield f"{here}.{path}", refusal.message, "what ModifyVpnTunnelOptions takes"
