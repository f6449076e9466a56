"""The guard: no step interrupts a tunnel unless its sibling carries the connection meanwhile.

Every interrupting call is made straight after `objection` found nothing to say against it, on an
observation made for nothing else.
"""

from bothup.apply.observed import Observed
from bothup.model.connection import TunnelStatus
from bothup.model.plan import Step, carries


def objection(
    step: Step, seen: Observed, *, settle: float, fresh: float, now: float, outage: bool
) -> str | None:
    """Say why the step must not be made now, None where nothing speaks against it.

    `now` is the monotonic time; an observation older than `fresh` seconds proves nothing. `outage`
    says that somebody allowed one for this connection by its id.
    """
    connection = seen.connection
    if now - seen.at > fresh:
        return "what was seen of the connection is no longer fresh"
    if connection.id != step.resource or seen.tunnel(step.tunnel) is None:
        return f"AWS describes no tunnel {step.tunnel} of {step.resource}"
    if connection.state != "available":
        return f"the connection is {connection.state or 'in an unknown state'}, not available"
    if outage or not step.interrupts:
        return None
    sibling = seen.sibling(step.tunnel)
    if sibling is None:
        return "AWS does not tell two tunnels of the connection by their addresses"
    if sibling.status is not TunnelStatus.UP:
        return f"its sibling {sibling.outside_ip} is {sibling.status}: the connection would be cut"
    if not carries(connection, sibling):
        return f"its sibling {sibling.outside_ip} is UP but brings no routes: it carries nothing"
    if seen.up_for.get(sibling.outside_ip, 0.0) < settle:
        return f"its sibling {sibling.outside_ip} has not been UP for {settle:g} s"
    return None
