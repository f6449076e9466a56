"""Why a tunnel that was changed is not back up, as far as AWS's own words tell."""

from collections.abc import Iterator

from bothup.apply.observed import Observed
from bothup.model.plan import Step
from bothup.model.tunnel_settings import aws_initiates, effective, settings_of


def why_down(step: Step, seen: Observed) -> str:
    """Say in what state the tunnel is, and what about it may keep it down."""
    return "; ".join(_reasons(step, seen))


def _reasons(step: Step, seen: Observed) -> Iterator[str]:
    tunnel = seen.tunnel(step.tunnel)
    if seen.connection.state != "available":
        yield f"AWS is not done: the connection is {seen.connection.state}"
    if tunnel is None:
        yield "AWS describes the tunnel no more"
        return
    message = f" ({tunnel.status_message})" if tunnel.status_message else ""
    yield f"the tunnel is {tunnel.status}{message}"
    if tunnel.status_message == "IPSEC IS UP":
        yield "IPsec is up, so the keys and algorithms fit: BGP has not come up"
        return
    current = settings_of(tunnel.options) if tunnel.options else {}
    if not aws_initiates(current):
        yield "AWS does not initiate (StartupAction start needs IKEv2): the device must"
    if effective(current, "IKEVersions") == ["ikev2"] and "IKEVersions" in step.after:
        yield "it takes IKEv2 alone now: the device must be set to IKEv2 on this tunnel"
    if any(name.startswith("Phase") for name in step.after):
        yield "it takes fewer algorithms now: the device must offer one of those that are left"
