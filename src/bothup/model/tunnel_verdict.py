"""A verdict on options that both tunnels of a connection should have."""

from collections.abc import Callable

from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.finding import Reason, Status, Verdict

_NOT_JUDGED = frozenset({"pending", "deleting", "deleted"})
_TUNNELS = 2


def by_tunnel(
    connection: VpnConnection, wrong: Callable[[Tunnel], Reason | None], passed: Reason
) -> Verdict:
    """Judge each tunnel; `wrong` says what is wrong with one.

    What is wrong fails the connection. Otherwise it passes where AWS shows the options of two
    tunnels, and could not be judged where it does not.
    """
    if connection.state in _NOT_JUDGED:
        text = f"the connection is {connection.state}: its tunnels are not judged"
        reason = Reason(code=f"state-{connection.state}", text=text)
        return Verdict(status=Status.NOT_APPLICABLE, reasons=(reason,))
    known = [tunnel for tunnel in connection.tunnels if tunnel.options is not None]
    if reasons := tuple(filter(None, map(wrong, known))):
        return Verdict(status=Status.FAILED, reasons=reasons)
    if len(known) == len(connection.tunnels) == _TUNNELS:
        return Verdict(status=Status.PASSED, reasons=(passed,))
    text = f"AWS shows the options of {len(known)} of {len(connection.tunnels)} tunnels"
    reason = Reason(code="options-unknown", text=text)
    return Verdict(status=Status.NOT_AVAILABLE, reasons=(reason,))
