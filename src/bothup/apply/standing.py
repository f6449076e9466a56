"""Where a step stands by what AWS describes: still to be made, in force already, or overtaken."""

import enum

from bothup.apply.observed import Observed
from bothup.model.plan import Action, Step
from bothup.model.tunnel_settings import fingerprint, holds, settings_of


class Standing(enum.StrEnum):
    """READY: as it was planned for; IN_FORCE: as it would be afterwards; DRIFTED: neither."""

    READY = "ready"
    IN_FORCE = "in_force"
    DRIFTED = "drifted"


def standing(step: Step, seen: Observed, *, pending: bool | None = None) -> Standing:
    """Compare the tunnel with what the step was planned for; `pending` maintenance goes with it.

    Whatever the step does not name must be as it was, too.
    """
    tunnel = seen.tunnel(step.tunnel)
    if tunnel is None or tunnel.options is None:
        return Standing.DRIFTED
    if fingerprint(seen.connection, tunnel, step.after) != step.fingerprint:
        return Standing.DRIFTED
    if step.action is Action.REPLACE_TUNNEL:
        return Standing.READY if pending else Standing.IN_FORCE
    current = settings_of(tunnel.options)
    if holds(current, step.after):
        return Standing.IN_FORCE
    return Standing.READY if holds(current, step.before) else Standing.DRIFTED
