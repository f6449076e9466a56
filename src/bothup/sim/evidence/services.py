"""Services: the operations that tell of evidence, by the name that requests are signed for.

They are imported with the first request for one of them: a scan never asks for any.
"""

from collections.abc import Mapping

from bothup.sim.alarms.cloudwatch import ALARM_CALLS
from bothup.sim.alarms.sns import SNS
from bothup.sim.context import Operation
from bothup.sim.evidence.cloudtrail import CLOUDTRAIL
from bothup.sim.evidence.config_rules import CONFIG
from bothup.sim.evidence.health import HEALTH
from bothup.sim.evidence.insights import INSIGHTS
from bothup.sim.evidence.logs_events import LOG_EVENTS
from bothup.sim.evidence.logs_groups import LOG_GROUPS
from bothup.sim.evidence.metrics import METRIC_CALLS
from bothup.sim.evidence.monitors import MONITORS
from bothup.sim.evidence.security_hub import SECURITY_HUB

EVIDENCE: Mapping[str, Mapping[str, Operation]] = {
    "logs": {**LOG_GROUPS, **LOG_EVENTS, **INSIGHTS},
    "monitoring": {**METRIC_CALLS, **ALARM_CALLS},
    "sns": SNS,
    "cloudtrail": CLOUDTRAIL,
    "health": HEALTH,
    "config": CONFIG,
    "securityhub": SECURITY_HUB,
    "networkmonitor": MONITORS,
}
