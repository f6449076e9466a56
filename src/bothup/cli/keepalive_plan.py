"""`bothup keepalive plan`: what would send through each connection, at AWS or on the device."""

import sys
from collections.abc import Callable, Iterable
from typing import Annotated

from cyclopts import Parameter

from bothup.cli import exits, logs
from bothup.cli.choice import Choice
from bothup.cli.keepalive_planning import plan_live
from bothup.cli.options import Reach
from bothup.cli.plan_output import parse, write
from bothup.cli.settings import Configuration
from bothup.errors import UsageError
from bothup.export import renderer
from bothup.keepalive.plan import Made, Wish, host_of
from bothup.keepalive.snippets import snippet, vendors
from bothup.model.target import CoverageStatus
from bothup.report._look import Look

Render = Callable[[Made, Look], Iterable[str]]
_OF_PLAN = ("table", "json", "script")


def _flag(text: str, *names: str) -> Parameter:
    return Parameter(name=names or None, help=text, negative=(), show_default=False)


def plan(
    vpn_ids: Annotated[
        tuple[str, ...],
        Parameter(help="Connections (vpn-…); all by default.", show_default=False),
    ] = (),
    /,
    *,
    tag: Annotated[
        tuple[str, ...], _flag("Only what has this tag, key=value with globs, repeatable.")
    ] = (),
    host: Annotated[
        tuple[str, ...],
        _flag("IP address across the tunnel that is asked, or VPN_ID=IP, repeatable."),
    ] = (),
    port: Annotated[int | None, _flag("Ask by TCP at this port, instead of by ICMP.")] = None,
    period: Annotated[int, _flag("Seconds of one measurement: 30 or 60 (the default).")] = 60,
    subnet: Annotated[
        tuple[str, ...],
        _flag("Subnet to ask from, repeatable; by default the first behind the gateway."),
    ] = (),
    output: Annotated[
        tuple[str, ...],
        _flag(
            "FORM[=FILE], repeatable: table (the default), json, which `bothup apply` takes, "
            "script; or what a device is told: cisco-asa, cisco-ios, fortigate, juniper, "
            "libreswan, paloalto, strongswan.",
            "--output",
            "-o",
        ),
    ] = (),
    quiet: Annotated[bool, _flag("Say nothing on stderr but errors.", "--quiet", "-q")] = False,
    verbose: Annotated[bool, _flag("Name every connection of a refusal.", "--verbose", "-v")] = (
        False
    ),
    debug: Annotated[bool, _flag("Log every call to AWS on stderr: no bodies.")] = False,
    reach: Reach = Reach(),  # noqa: B008 - frozen
    configuration: Configuration = Configuration(),  # noqa: ARG001, B008 - for the flags' settings
) -> int:
    """Plan a probe for each connection, or print what its device is told; nothing is changed.

    A probe sends from a subnet of the VPC to a host across the tunnel, for a
    price that the plan names. Exit codes: 0 planned, or nothing to do; 4
    something could not be read; 2 usage error.
    """
    if debug:
        logs.debug()
    outputs, wish = parse(output, _form), _wish(host, port, period, subnet)
    made = plan_live(reach, Choice(ids=vpn_ids, tags=tag), wish, quiet=quiet)
    for each in outputs:
        write(each, made, verbose=verbose)
    unread = sum(each.status is not CoverageStatus.READ for each in made.plan.coverage)
    if unread and not quiet:
        print(f"bothup: {unread} things were not read, so they are not planned", file=sys.stderr)
    return exits.INCOMPLETE if unread else exits.OK


def _wish(hosts: Iterable[str], port: int | None, period: int, subnets: tuple[str, ...]) -> Wish:
    if port is not None and not 0 < port < 65536:
        raise UsageError("--port: expected 1 to 65535")
    if period not in (30, 60):
        raise UsageError("--period: expected 30 or 60")
    read: dict[str, str] = {}
    for said in hosts:
        try:
            connection, address = host_of(said)
        except ValueError as error:
            raise UsageError(f"--host {said}: {error}; expected IP or VPN_ID=IP") from None
        if read.setdefault(connection, address) != address:
            raise UsageError(f"--host {said}: {read[connection]} is asked already")
    return Wish(hosts=read, port=port, period=period, subnets=subnets)


def _form(name: str) -> Render:
    """Find what renders a form; raises UsageError for one that is none."""
    if name in vendors():
        return lambda made, _: snippet(name, made.connections)
    if name in _OF_PLAN:
        of_plan = renderer(name)
        return lambda made, look: of_plan(made.plan, look)
    raise UsageError(f"-o {name}: there are {', '.join((*_OF_PLAN, *vendors()))}")
