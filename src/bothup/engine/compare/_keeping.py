"""Rows of what keeps a tunnel up: who starts it, dead peer detection, idling, rekeys."""

from collections.abc import Iterator

from bothup.engine.compare._row import Sides
from bothup.model.comparison import Agreement, Compared, Setting

# AWS's documents differ (30 and 40 seconds); the shorter one is what a device has to keep up with.
_DPD_TIMEOUT = 30


def rows(sides: Sides) -> Iterator[Compared]:
    """Compare the behaviour of both ends."""
    yield _start(sides)
    yield from _dead_peer(sides)
    yield from _idle(sides)
    yield from _rekeys(sides)


def _aws_starts(sides: Sides) -> bool:
    """Whether AWS initiates: it does with IKEv2 only."""
    return sides.options.startup_action == "start" and not sides.ikev1_only


def _start(sides: Sides) -> Compared:
    ours, theirs = sides.options.startup_action or "add", sides.device.startup_action
    both_wait = theirs == "add" and not _aws_starts(sides)
    why = "each side waits for the other"
    if both_wait and ours == "start":
        why = "AWS initiates with IKEv2 only, and the device waits"
    return sides.row(
        Setting.STARTUP_ACTION,
        Agreement.UNKNOWN
        if theirs is None
        else Agreement.DIFFERS
        if both_wait
        else Agreement.AGREES,
        aws=ours,
        device=theirs,
        field="StartupAction",
        said=("startup_action",),
        why=why if both_wait else "",
    )


def _dead_peer(sides: Sides) -> Iterator[Compared]:
    device, options = sides.device, sides.options
    on = device.dpd
    yield sides.row(
        Setting.DPD,
        Agreement.UNKNOWN if on is None else Agreement.AGREES if on else Agreement.DIFFERS,
        aws=True,
        device=on,
        field="DpdTimeoutSeconds",
        said=("dpd", "dpd_delay"),
        why="the device keeps sending into a tunnel that AWS has given up" if on is False else "",
    )
    ours = options.dpd_timeout or _DPD_TIMEOUT
    if device.dpd_timeout is not None:
        late = device.dpd_timeout - ours
        yield sides.row(
            Setting.DPD_TIMEOUT,
            Agreement.DIFFERS if late > 0 else Agreement.AGREES,
            aws=f"{ours} s",
            device=f"{device.dpd_timeout} s",
            field="DpdTimeoutSeconds",
            said=("dpd_timeout", "dpd_delay"),
            why=f"for {late} s the device sends into what AWS has given up" if late > 0 else "",
        )
    if device.dpd_action is not None and on is not False:
        yield _after_death(sides)


def _after_death(sides: Sides) -> Compared:
    ours, theirs = sides.options.dpd_action or "clear", sides.device.dpd_action
    again = theirs == "restart" or ours == "restart" or _aws_starts(sides)
    return sides.row(
        Setting.DPD_ACTION,
        Agreement.AGREES if again else Agreement.DIFFERS,
        aws=ours,
        device=theirs,
        field="DpdTimeoutAction",
        said=("dpd_action",),
        why="" if again else "neither side starts the tunnel again",
    )


def _idle(sides: Sides) -> Iterator[Compared]:
    idle = sides.device.idle_timeout
    if idle is not None:
        yield sides.row(
            Setting.IDLE_TIMEOUT,
            Agreement.DIFFERS if idle else Agreement.AGREES,
            aws="none",
            device=f"{idle} s" if idle else "none",
            field="StartupAction",
            said=("idle_timeout",),
            why="the device closes the tunnel when there is no traffic" if idle else "",
        )


def _rekeys(sides: Sides) -> Iterator[Compared]:
    device = sides.device
    if device.rekey is not None:
        alone = sides.connection.accelerated and not device.rekey
        off = Agreement.CLASHES if alone else Agreement.DIFFERS
        why = "only AWS rekeys"
        if alone:
            why = "on an accelerated connection the device has to start rekeys"
        yield sides.row(
            Setting.REKEY,
            Agreement.AGREES if device.rekey else off,
            aws=True,
            device=device.rekey,
            field="RekeyMarginTimeSeconds",
            said=("rekey",),
            why="" if device.rekey else why,
        )
    again = device.reauthentication
    if again is not None and not sides.ikev1_only:
        yield sides.row(
            Setting.REAUTHENTICATION,
            Agreement.DIFFERS if again else Agreement.AGREES,
            aws=False,
            device=again,
            field="Phase1LifetimeSeconds",
            said=(Setting.REAUTHENTICATION,),
            why="the tunnel is torn down and built anew each time" if again else "",
        )
