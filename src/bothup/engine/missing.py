"""Evidence that is not there: why, and the command that would get it."""

from collections.abc import Iterable, Iterator

from bothup.model.bundle import Bundle, LogSource
from bothup.model.connection import Routing, Tunnel, TunnelOptions, VpnConnection
from bothup.model.diagnosis import EvidenceKind, MissingEvidence

E = EvidenceKind
_NO_OPTIONS = TunnelOptions()
_MEMBERS = {
    E.METRICS: "metrics",
    E.CHANGES: "changes",
    E.SAME_GATEWAY: "same_gateway",
    E.HEALTH: "health",
    E.CUSTOMER_GATEWAY: "customer_gateway",
}
_OF_CONNECTION = frozenset({E.CUSTOMER_GATEWAY, E.SAME_GATEWAY, E.CHANGES, E.HEALTH})


def missing_evidence(
    bundle: Bundle, connection: VpnConnection, tunnel: Tunnel, wanted: Iterable[EvidenceKind]
) -> Iterator[MissingEvidence]:
    """Yield what is wanted and not there, in the order wanted.

    What the collector could not get says so itself, and comes first.
    """
    told = {each.kind for each in bundle.missing}
    yield from bundle.missing
    for kind in dict.fromkeys(wanted):
        if kind in told or _has(bundle, connection, tunnel, kind):
            continue
        why, how = _WAYS[kind]
        if kind in (E.ACTIVITY_LOG, E.BGP_LOG):
            why, how = _log(tunnel, kind)
        yield MissingEvidence(kind=kind, why=why, how_to_get=_filled(how, connection, tunnel))


def of_tunnel(
    bundle: Bundle, missing: MissingEvidence, tunnel: Tunnel, tunnels: Iterable[Tunnel]
) -> bool:
    """Whether it is missing of this tunnel, and not of the whole connection or of another tunnel.

    A collector names the tunnel in its words or its command, if it is about one.
    """
    words = {word.strip(":,;'\"") for word in f"{missing.why} {missing.how_to_get}".split()}
    named = {each.outside_ip for each in tunnels if each.outside_ip} & words
    if named:
        return tunnel.outside_ip in named
    return missing not in bundle.missing and missing.kind not in _OF_CONNECTION


def _has(bundle: Bundle, connection: VpnConnection, tunnel: Tunnel, kind: EvidenceKind) -> bool:
    if kind in _MEMBERS:
        return _MEMBERS[kind] in bundle.has
    match kind:
        case E.ACTIVITY_LOG:
            return _log_at_hand(bundle, LogSource.AWS, tunnel)
        case E.BGP_LOG:
            static = connection.routing is Routing.STATIC
            return static or _log_at_hand(bundle, LogSource.AWS_BGP, tunnel)
        case E.DEVICE_LOG:
            return any(log.source is LogSource.DEVICE and log.events for log in bundle.logs)
        case E.DEVICE_CONFIG:
            return any(config.tunnels for config in bundle.device_config)
        case E.REPLACEMENT_STATUS:
            return tunnel.outside_ip in bundle.replacements
        case E.ACTIVE_STATUS:
            return tunnel.outside_ip in bundle.active
        case E.TELEMETRY:
            return tunnel.reported_status is not None
        case E.TUNNEL_OPTIONS:
            return tunnel.options is not None
        case _:
            return False


def _log_at_hand(bundle: Bundle, source: LogSource, tunnel: Tunnel) -> bool:
    return any(
        log.source is source and log.tunnel in (None, tunnel.outside_ip) for log in bundle.logs
    )


def _log(tunnel: Tunnel, kind: EvidenceKind) -> tuple[str, str]:
    """Tell a log that is off from one that nobody has read."""
    logs = (tunnel.options or _NO_OPTIONS).logs
    activity = kind is E.ACTIVITY_LOG
    enabled = logs.activity_enabled if activity else logs.bgp_enabled
    group = logs.activity_group_arn if activity else logs.bgp_group_arn
    name = "tunnel activity" if activity else "BGP"
    if enabled:
        target = (group or "LOG_GROUP").removesuffix(":*").rpartition(":log-group:")[2]
        return (
            f"the {name} log is on and was not read",
            f"aws logs filter-log-events --log-group-name {target} --log-stream-name-prefix VPN_ID",
        )
    if tunnel.options is None:
        return f"no {name} log was given", "bothup collect VPN_ID"
    field = "LogEnabled=true,LogGroupArn" if activity else "BgpLogEnabled=true,BgpLogGroupArn"
    return (
        f"the {name} log of this tunnel is off",
        (
            "aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID "
            "--vpn-tunnel-outside-ip-address OUTSIDE_IP --tunnel-options "
            f"'LogOptions={{CloudWatchLogOptions={{{field}=LOG_GROUP_ARN}}}}'"
        ),
    )


def _filled(text: str, connection: VpnConnection, tunnel: Tunnel) -> str:
    return fill(text, connection, tunnel)


def fill(text: str, connection: VpnConnection, tunnel: Tunnel | None) -> str:
    """Put the connection's id, its Region and the tunnel's address for their placeholders."""
    if connection.id.startswith("vpn-"):
        text = text.replace("VPN_ID", connection.id)
    if connection.target.region:
        text = text.replace("REGION", connection.target.region)
    address = tunnel.outside_ip if tunnel else ""
    return text.replace("OUTSIDE_IP", address) if address else text


_WAYS: dict[EvidenceKind, tuple[str, str]] = {
    E.TELEMETRY: (
        "AWS's telemetry of this tunnel is not at hand",
        "aws ec2 describe-vpn-connections --vpn-connection-ids VPN_ID",
    ),
    E.TUNNEL_OPTIONS: (
        "the tunnel's options are not at hand",
        "aws ec2 describe-vpn-connections --vpn-connection-ids VPN_ID",
    ),
    E.CUSTOMER_GATEWAY: (
        "what AWS believes of the device is not at hand",
        "aws ec2 describe-customer-gateways",
    ),
    E.SAME_GATEWAY: (
        "nobody looked at the other connections on the same device",
        "bothup scan --region all",
    ),
    E.ACTIVE_STATUS: (
        "what the tunnel has negotiated is not at hand",
        (
            "aws ec2 get-active-vpn-tunnel-status --vpn-connection-id VPN_ID "
            "--vpn-tunnel-outside-ip-address OUTSIDE_IP"
        ),
    ),
    E.REPLACEMENT_STATUS: (
        "nobody asked whether AWS replaced the endpoint",
        (
            "aws ec2 get-vpn-tunnel-replacement-status --vpn-connection-id VPN_ID "
            "--vpn-tunnel-outside-ip-address OUTSIDE_IP"
        ),
    ),
    E.ACTIVITY_LOG: ("", ""),
    E.BGP_LOG: ("", ""),
    E.DEVICE_LOG: (
        "the device's own log tells what AWS cannot see",
        "bothup diagnose VPN_ID --device-log FILE",
    ),
    E.DEVICE_CONFIG: (
        "without the device's configuration the two sides cannot be compared",
        "bothup diagnose VPN_ID --device-config FILE",
    ),
    E.METRICS: (
        "TunnelState tells whether and when the tunnel was ever up",
        (
            "aws cloudwatch get-metric-statistics --namespace AWS/VPN --metric-name TunnelState "
            "--dimensions Name=VpnId,Value=VPN_ID Name=TunnelIpAddress,Value=OUTSIDE_IP "
            "--statistics Minimum --period 300 --start-time START --end-time END"
        ),
    ),
    E.CHANGES: (
        "nobody looked for changes in CloudTrail",
        (
            "aws cloudtrail lookup-events "
            "--lookup-attributes AttributeKey=ResourceName,AttributeValue=VPN_ID"
        ),
    ),
    E.HEALTH: (
        "nobody looked for AWS Health events",
        "aws health describe-events --filter services=VPN",
    ),
    E.CERTIFICATE: (
        "no log of AWS's tells what is wrong with the device's certificate",
        "openssl x509 -in CERTIFICATE.pem -noout -subject -issuer -dates",
    ),
    E.CAPTURE: (
        "only a capture on the device's outside interface shows what leaves and what comes",
        "tcpdump -n host OUTSIDE_IP and '(udp port 500 or udp port 4500 or proto 50 or icmp)'",
    ),
}
