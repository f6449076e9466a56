"""DeleteFlowLogs: the way back from flow logs that a plan created."""

from bothup.aws.change.flow_logs import needs
from bothup.model.plan import Action

ACTION = Action.DELETE_FLOW_LOGS
__all__ = ["ACTION", "needs"]
