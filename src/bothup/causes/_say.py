"""What the causes share: a sign with its pointer, from whatever kind of evidence."""

from collections.abc import Iterator

from bothup.model.bundle import Change
from bothup.model.cause import Sign
from bothup.model.comparison import Compared, Comparison
from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.diagnosis import EvidenceKind, Pointer
from bothup.model.event import Direction, Event, EventKind, Phase
from bothup.model.story import Found, Story, pointer
from bothup.model.surroundings import Changes, near


def seen(name: str, found: Found, text: str) -> Sign:
    """Make a sign of log events: the latest is pointed at, and their number told."""
    times = f" ({len(found)} times)" if len(found) > 1 else ""
    return Sign(name=name, text=f"{text}{times}", evidence=pointer(found.last), past=found.past)


def told(name: str, event: Event, text: str, *, past: bool = False) -> Sign:
    """Make a sign of one log event."""
    return Sign(name=name, text=text, evidence=pointer(event), past=past)


def telemetry(name: str, tunnel: Tunnel, text: str) -> Sign:
    """Make a sign of what AWS reports of the tunnel."""
    said = tunnel.reported_status or "no status"
    message = f' "{tunnel.status_message}"' if tunnel.status_message is not None else ""
    at = Pointer(
        kind=EvidenceKind.TELEMETRY,
        pointer=f"VgwTelemetry[{tunnel.outside_ip}]: {said}{message}",
        time=tunnel.last_status_change,
    )
    return Sign(name=name, text=text, evidence=at)


def option(name: str, tunnel: Tunnel, field: str, text: str) -> Sign:
    """Make a sign of an option of the tunnel."""
    at = Pointer(
        kind=EvidenceKind.TUNNEL_OPTIONS,
        pointer=f"Options.TunnelOptions[{tunnel.outside_ip}].{field}",
    )
    return Sign(name=name, text=text, evidence=at)


def field(name: str, connection: VpnConnection, path: str, text: str) -> Sign:
    """Make a sign of a field of the connection."""
    at = Pointer(kind=EvidenceKind.TELEMETRY, pointer=f"{connection.id}: {path}")
    return Sign(name=name, text=text, evidence=at)


def compared(name: str, setting: Compared, text: str = "") -> Sign:
    """Make a sign of a setting that both sides have."""
    at = Pointer(
        kind=EvidenceKind.DEVICE_CONFIG, pointer=f"{setting.config_line}: {setting.setting}"
    )
    why = f" ({setting.why})" if setting.why else ""
    said = text or f"{setting.setting}: AWS {setting.aws}; device {setting.device}{why}"
    return Sign(name=name, text=said, evidence=at)


def configured(name: str, comparison: Comparison, text: str) -> Sign:
    """Make a sign of the device's configuration as a whole."""
    at = Pointer(kind=EvidenceKind.DEVICE_CONFIG, pointer=comparison.source)
    return Sign(name=name, text=text, evidence=at)


def changed(name: str, change: Change, text: str) -> Sign:
    """Make a sign of a call that changed something."""
    at = Pointer(
        kind=EvidenceKind.CHANGES, pointer=f"changes[{change.index}]: {change.name}",
        time=change.time,
    )  # fmt: skip
    return Sign(name=name, text=text, evidence=at)


def set_anew(name: str, changes: Changes, tunnel: Tunnel, *options: str) -> Iterator[Sign]:
    """Yield the sign that one of these tunnel options was changed when the status changed."""
    for change in changes.changes:
        settings = [each for each in change.settings if each.lower().startswith(options)]
        mine = change.tunnel in (None, tunnel.outside_ip) and not change.error
        if settings and mine and near(change.time, tunnel.last_status_change):
            text = f"{', '.join(settings)} changed when the status did, and AWS refuses since"
            yield changed(name, change, text)


def certificates(
    name: str, device: Story, comparison: Comparison, tunnel: Tunnel
) -> Iterator[Sign]:
    """Yield the signs that the tunnel authenticates with certificates."""
    text = "the tunnel authenticates with certificates"
    if found := device.of(*_PROOFS).having(method="certificate"):
        yield seen(name, found, text)
    if tunnel.certificate_arn:
        yield telemetry(name, tunnel, text)
    if comparison.device and comparison.device.authentication == "certificate":
        yield configured(name, comparison, "the device is set to authenticate with a certificate")


def keys(name: str, device: Story, comparison: Comparison) -> Iterator[Sign]:
    """Yield the signs that the tunnel authenticates with a pre-shared key."""
    if found := device.of(*_PROOFS).having(method="psk"):
        yield seen(name, found, "the tunnel authenticates with a pre-shared key")
    if comparison.device and comparison.device.authentication == "psk":
        yield configured(name, comparison, "the device is set to authenticate with a key")


def not_sent(found: Found) -> Found:
    """Leave out what the side says that it has sent: a log need not tell who refuses whom."""
    events = found.story.events
    kept = (each for each in found.indices if events[each].direction is not Direction.SENT)
    return Found(story=found.story, indices=tuple(kept))


def authentication_refused(name: str, vague: str, device: Story) -> Iterator[Sign]:
    """Yield the sign that the device's authentication is refused, or that it fails somehow."""
    if found := not_sent(device.of(EventKind.AUTHENTICATION_FAILED)):
        text = "AWS refuses the authentication and does not say why"
        if found.last.direction is None:
            text = "the authentication fails, and which side refuses is not told"
        yield seen(name, found, text)
    elif not device.of(*_REASONS):
        found = device.of(EventKind.STATUS).having(exchange="IKE_AUTH")
        if found:
            yield seen(vague, found, "the exchange that authenticates fails for a reason untold")


def authenticated(name: str, story: Story) -> Iterator[Sign]:
    """Yield the sign that both sides have believed each other and still do."""
    up = story.of(EventKind.SA_ESTABLISHED, phase=Phase.IKE)
    if up.current and not story.of(*_DISBELIEF).current:
        yield seen(name, up, "phase 1 comes up: the two sides have authenticated each other")


_PROOFS = (EventKind.AUTHENTICATING, EventKind.AUTHENTICATED)
_REASONS = (
    EventKind.PSK_MISMATCH,
    EventKind.PSK_MISSING,
    EventKind.IDENTITY_MISMATCH,
    EventKind.CERTIFICATE_INVALID,
    EventKind.NO_PROPOSAL_CHOSEN,
    EventKind.PROPOSAL_REFUSED,
    EventKind.SELECTORS_REFUSED,
    EventKind.GAVE_UP,
)
_DISBELIEF = (
    EventKind.PSK_MISMATCH,
    EventKind.AUTHENTICATION_FAILED,
    EventKind.IDENTITY_MISMATCH,
    EventKind.CERTIFICATE_INVALID,
)
