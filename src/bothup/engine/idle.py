"""Connections that are paid for and not used: both tunnels down for days, or no traffic for days.

AWS charges a connection by the hour as long as it exists, whether its tunnels are up or down.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import msgspec

from bothup.engine.prices import price
from bothup.engine.why import TUNNELS
from bothup.model.connection import TunnelStatus
from bothup.model.finding import Finding, Idle, IdleKind, Reason
from bothup.model.target import Target

Where = tuple[str | None, str | None, str]

CODE, UNKNOWN = "idle-connection", "traffic-unknown"
# Keep-alives and acknowledgements of BGP on two tunnels are some 4 MB a day: every 10 seconds about
# 120 bytes, each way on each tunnel (RFC 4271; AWS's hold time is 30 seconds).
_BGP_A_DAY = 5_000_000
_UNTOLD = "nothing here tells"
_CHARGED = frozenset({"available", "modifying"})


def where(finding: Finding) -> Where:
    """Name the connection that a finding is on."""
    return finding.account, finding.region, finding.resource.id


def is_charged(finding: Finding) -> bool:
    """Whether the finding is on a VPN connection that AWS charges for."""
    connection = finding.connection
    return not isinstance(connection, msgspec.UnsetType) and connection.state in _CHARGED


def down_since(finding: Finding) -> datetime | None:
    """Since when both tunnels have been down; None where one is not, or AWS does not tell."""
    tunnels = finding.tunnels or ()
    if len(tunnels) != 2 or any(each.status is not TunnelStatus.DOWN for each in tunnels):
        return None
    changed = [each.last_status_change for each in tunnels]
    return max((each for each in changed if each), default=None) if all(changed) else None


def with_idle(
    findings: Iterable[Finding],
    *,
    now: datetime,
    days: int,
    carried: Mapping[Where, float],
    why: Mapping[Where, str] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """Tell of the findings on connections that were not used for so many days, and what they cost.

    Of several findings on a connection one tells: that on its tunnels, if there is one. `carried`
    are the bytes that a connection carried in that time, where they are known, and `why` says of
    the others what hid them: of these it is not known whether they are used, which a notice tells.
    """
    found = tuple(findings)
    telling = {where(each): each.id for each in reversed(found)}
    telling |= {where(each): each.id for each in found if each.control == TUNNELS}
    return tuple(
        _told(each, now, days, carried, why.get(where(each)))
        if telling[where(each)] == each.id
        else each
        for each in found
    )


def _told(
    finding: Finding, now: datetime, days: int, carried: Mapping[Where, float], why: str | None
) -> Finding:
    if not is_charged(finding):
        return finding
    finding = _noted(finding)
    since, span = down_since(finding), timedelta(days=days)
    if since is not None and now - since >= span:
        return _marked(finding, IdleKind.DOWN, since)
    most = _BGP_A_DAY * days if _is_bgp(finding) else 0
    found = carried.get(where(finding))
    if found is None:
        text = f"whether it carried traffic in {days} days is not known: {why or _UNTOLD}"
        return _noted(finding, Reason(code=UNKNOWN, text=text))
    if found <= most:
        return _marked(finding, IdleKind.NO_TRAFFIC, now - span)
    return finding


def _is_bgp(finding: Finding) -> bool:
    connection = finding.connection
    return not isinstance(connection, msgspec.UnsetType) and connection.routing == "bgp"


def _marked(finding: Finding, kind: IdleKind, since: datetime) -> Finding:
    target = Target(account=finding.account, region=finding.region)
    connection = finding.connection
    kept = None if isinstance(connection, msgspec.UnsetType) else connection.charged_as
    cost = price(target, kept)
    idle = Idle(
        kind=kind,
        since=since,
        monthly=cost.monthly if cost else None,
        exact=cost.exact if cost else False,
    )
    notice = Reason(
        code=CODE, text=f"{_KINDS[kind]} since {since:%Y-%m-%d}, and charged: {_cost(idle, kept)}"
    )
    return msgspec.structs.replace(_noted(finding, notice), idle=idle)


def _noted(finding: Finding, *notices: Reason) -> Finding:
    """Have these notices instead of what an earlier run may have said of use."""
    others = (each for each in finding.notices if each.code not in (CODE, UNKNOWN))
    return msgspec.structs.replace(finding, notices=(*others, *notices))


def _cost(idle: Idle, charged_as: str | None) -> str:
    if idle.monthly is None:
        return f"the price is not known ({charged_as or 'of an unknown kind'})"
    about = "" if idle.exact else "about "
    return f"{about}${idle.monthly:,.2f} a month"


_KINDS = {
    IdleKind.DOWN: "both tunnels have been DOWN",
    IdleKind.NO_TRAFFIC: "the connection has carried no traffic",
}
