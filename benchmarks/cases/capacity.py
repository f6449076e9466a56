"""The stage itself: whether the endpoint is fast enough for what is measured in front of it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.measure import Program, side_by_side
from benchmarks.stage import Settings, endpoint

_ACCOUNTS = 588
_REQUESTS = _ACCOUNTS * 18  # one for the account, one for each of its Regions
_CONNECTIONS = 320
_LIMIT = 100.0  # microseconds: 10,000 requests a second


def capacity(settings: Settings) -> Iterator[Figure]:
    """What one answer takes, two VPN connections in each, over 320 kept-alive connections."""
    with endpoint(connections=2) as aws:
        loop = [sys.executable, "-m", "benchmarks.load", aws.url, f"--accounts={_ACCOUNTS}"]
        program = Program(loop, aws.environment, prints=[f"^{_REQUESTS}$"])
        before = aws.tally()
        [load] = side_by_side([program], settings.output, settings.runs)
        after = aws.tally()
        answers = (settings.runs + 1) * _REQUESTS
        yield _answer("CPU of the endpoint", (after.cpu - before.cpu) / answers, _LIMIT)
        yield _answer("load loop", load.wall / _REQUESTS)
        if wrk := shutil.which("wrk"):
            yield _answer("wrk", _seen_by_wrk(wrk, aws.url))


def _seen_by_wrk(wrk: str, url: str) -> float:
    """Seconds for an answer, from wrk's requests a second in three seconds."""
    command = [wrk, "-t1", f"-c{_CONNECTIONS}", "-d3s", f"{url}/?Action=DescribeVpnConnections"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", shown)
    assert rate, shown
    return 1 / float(rate[1])


def _answer(seen_by: str, seconds: float, limit: float | None = None) -> Figure:
    return Figure(
        case="capacity", what=f"one answer, {seen_by}", unit="µs", ours=1e6 * seconds, limit=limit
    )
