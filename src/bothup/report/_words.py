"""Sentences that say on the screen and in documents what the counts mean."""

from collections import Counter
from collections.abc import Iterable, Iterator

from bothup.engine.order import order
from bothup.model.finding import Finding, Reason, Status
from bothup.model.scan import Summary
from bothup.model.target import Coverage
from bothup.report._look import TUNNELS

# Notices that nearly every connection has are told as a count; a column tells of the last one too.
COUNTED_NOTICES = {
    "startup-add": "with StartupAction add (AWS never initiates)",
    "logging-off": "with activity logs off",
}
TOLD_BY_COLUMN = "recently-changed"
# The last line counts these; why the traffic is not known is the same for many.
_TOLD_IN_SUM = "traffic-unknown"


def is_told_apart(notice: Reason) -> bool:
    """Whether a notice deserves a line of its own beside the table."""
    return notice.code not in {*COUNTED_NOTICES, TOLD_BY_COLUMN, _TOLD_IN_SUM}


def counted_notices(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a line for each of the common notices: "42 tunnels with activity logs off"."""
    codes = Counter(notice.code for each in findings for notice in each.notices)
    for code, words in COUNTED_NOTICES.items():
        if codes[code]:
            yield f"{counted(codes[code], 'tunnel')} {words}"


def headline(summary: Summary) -> str:
    """One line: how many connections, how many without two tunnels, what was not read."""
    where = counted(summary.targets_read + summary.targets_partly, "Target")
    only_others = not summary.connections and any(name != TUNNELS for name in summary.by_control)
    connections = counted(summary.connections, "connection")
    parts = [where if only_others else f"{connections} in {where}", _failed(summary)]
    if unclear := summary.by_status.get(Status.NOT_AVAILABLE, 0):
        parts.append(f"{unclear:,} could not be judged")
    if summary.muted:
        parts.append(f"{summary.muted:,} muted")
    if not only_others:
        parts.append(f"{counted(summary.tunnels_up, 'tunnel')} UP, {summary.tunnels_down:,} DOWN")
    if summary.tunnels_unknown:
        parts[-1] += f", {summary.tunnels_unknown:,} unknown"
    if summary.idle:
        cost = f"about ${summary.idle_monthly:,.2f} a month"
        if summary.idle_unpriced:
            cost += f" and {summary.idle_unpriced:,} without a known price"
        parts.append(f"{summary.idle:,} unused, {cost}")
    if summary.traffic_unknown:
        parts.append(f"{counted(summary.traffic_unknown, 'connection')} of unknown traffic")
    if summary.targets_partly:
        parts.append(f"{counted(summary.targets_partly, 'Target')} READ IN PART")
    if summary.targets_unread:
        parts.append(f"{counted(summary.targets_unread, 'Target')} NOT READ")
    return " · ".join(parts)


def _failed(summary: Summary) -> str:
    """How many failed, of each control where there are several."""
    failed = summary.by_status.get(Status.FAILED, 0)
    counts = {name: each.get(Status.FAILED, 0) for name, each in summary.by_control.items()}
    if len(counts) < 2 or not failed:
        return f"{failed:,} FAILED"
    of_each = (f"{counts[name]:,} {name}" for name in sorted(counts, key=order) if counts[name])
    return f"{failed:,} FAILED ({', '.join(of_each)})"


def unread(covered: Coverage) -> str:
    """Say which Target was not read, and why."""
    where = " ".join(filter(None, (covered.account, covered.region))) or "the account"
    return f"{where} ({covered.status.replace('_', ' ')}) {error(covered)}"


def error(covered: Coverage) -> str:
    """Say why a Target was not read: AWS's code, as far as there is one, and the message."""
    return ": ".join(filter(None, (covered.error_code, covered.message)))


def counted(number: int, noun: str) -> str:
    """Say a number of things: "1 tunnel", "2,000 tunnels"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
