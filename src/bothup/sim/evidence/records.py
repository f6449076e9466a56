"""Records: all evidence of one simulated AWS that is not worked out anew each time."""

from typing import Any

from bothup.sim.evidence.chronicle import Chronicles
from bothup.sim.evidence.groups import Groups
from bothup.sim.evidence.hub import Hub
from bothup.sim.evidence.trail import Trail
from bothup.sim.evidence.verdicts import Verdicts


class Records:
    """What was written down; `queries` are those of Logs Insights by id: status and answer.

    `monitors` are those of Network Synthetic Monitor, by account, Region and name.
    """

    def __init__(self) -> None:
        self.chronicles = Chronicles()
        self.groups = Groups()
        self.hub = Hub()
        self.verdicts = Verdicts()
        self.trail = Trail()
        self.queries: dict[str, list[Any]] = {}
        self.monitors: dict[tuple[str, str, str], dict[str, Any]] = {}
