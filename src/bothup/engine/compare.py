"""Both sides of a tunnel, setting by setting.

AWS's unset options mean its defaults (EC2 API Reference, VpnTunnelOptionsSpecification): every
algorithm and group that it knows. A device that offers none of what AWS accepts cannot come up; a
lifetime that differs can.
"""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.bundle import CustomerGateway
from bothup.model.comparison import Agreement, Compared, Comparison, Setting
from bothup.model.connection import Tunnel, TunnelOptions, VpnConnection
from bothup.model.device import DeviceConfig, DeviceTunnel

_ENCRYPTION = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
_INTEGRITY = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
_PHASE1_GROUPS = (2, *range(14, 25))
_PHASE2_GROUPS = (2, 5, *range(14, 25))
_IKE = ("ikev1", "ikev2")
# Largest packets through a tunnel without fragments (VPN user guide, "Customer gateway device").
_MTU, _MSS = 1446, 1406
_LIFETIMES = (28800, 3600)
_NO_OPTIONS = TunnelOptions()
_ANYBODY = ("%any", "any", "*", "%fromcert")
S = Setting


def compare(
    configs: Sequence[DeviceConfig],
    connection: VpnConnection | None,
    tunnel: Tunnel,
    gateway: CustomerGateway,
) -> Comparison:
    """Compare what the device texts say of this tunnel with what AWS is set to."""
    tunnels = [(config, each) for config in configs for each in config.tunnels]
    if not tunnels:
        return Comparison()
    others = tuple(each.peer_address for _, each in tunnels if each.peer_address)
    mine = next(((config, each) for config, each in tunnels if _is(each, tunnel)), None)
    if mine is None:
        return Comparison(present=True, source=tunnels[0][0].source, others=others)
    config, device = mine
    settings = (
        *_crypto(tunnel.options or _NO_OPTIONS, device),
        *_peers(tunnel, device, gateway),
        *_behaviour(tunnel.options or _NO_OPTIONS, device),
        *_inside(tunnel.options or _NO_OPTIONS, device, gateway),
        *(_selectors(connection, device) if connection else ()),
    )
    return Comparison(
        present=True, source=config.source, device=device, others=others, settings=settings
    )


def _is(device: DeviceTunnel, tunnel: Tunnel) -> bool:
    """Whether the device's tunnel goes to this outside IP, or into its inside network."""
    if device.peer_address:
        return device.peer_address == tunnel.outside_ip
    if device.peer_identity and device.peer_identity == tunnel.outside_ip:
        return True
    inside = tunnel.options.inside_cidr if tunnel.options else None
    return bool(inside and device.inside_address) and _within(device.inside_address, inside)


def _crypto(aws: TunnelOptions, device: DeviceTunnel) -> Iterator[Compared]:
    yield from _common(S.IKE_VERSION, aws.ike_versions or _IKE, device.ike_versions, device)
    if device.mode and "ikev1" in device.ike_versions:
        yield _compared(
            S.MODE, "main", device.mode, device, clash=device.mode.lower().startswith("aggr"),
            why="AWS speaks main mode only",
        )  # fmt: skip
    for phase, words in (("phase1", (S.PHASE1_ENCRYPTION, S.PHASE1_INTEGRITY)),
                         ("phase2", (S.PHASE2_ENCRYPTION, S.PHASE2_INTEGRITY))):  # fmt: skip
        encryption = getattr(aws, f"{phase}_encryption") or _ENCRYPTION
        integrity = getattr(aws, f"{phase}_integrity") or _INTEGRITY
        ciphers = getattr(device, f"{phase}_encryption")
        yield from _common(words[0], encryption, ciphers, device)
        # AES-GCM protects integrity itself.
        if not ciphers or any("GCM" not in each for each in ciphers):
            yield from _common(words[1], integrity, getattr(device, f"{phase}_integrity"), device)
    groups = aws.phase1_dh_groups or _PHASE1_GROUPS
    yield from _common(S.PHASE1_DH_GROUP, groups, device.phase1_dh_groups, device)
    groups = aws.phase2_dh_groups or _PHASE2_GROUPS
    if device.pfs is False:
        yield _compared(
            S.PHASE2_DH_GROUP, _list(groups), "none", device, clash=True,
            why="AWS wants perfect forward secrecy: the first rekey fails without it",
        )  # fmt: skip
    else:
        yield from _common(S.PHASE2_DH_GROUP, groups, device.phase2_dh_groups, device)


def _common(
    setting: Setting, aws: Sequence[object], theirs: Sequence[object], device: DeviceTunnel
) -> Iterator[Compared]:
    """Compare two lists of which one member must be common; nothing where one is not known."""
    if theirs:
        clash = not set(aws) & set(theirs)
        yield _compared(setting, _list(aws), _list(theirs), device, clash=clash,
                        why="nothing in common" if clash else "")  # fmt: skip


def _peers(tunnel: Tunnel, device: DeviceTunnel, gateway: CustomerGateway) -> Iterator[Compared]:
    certificate = tunnel.certificate_arn or gateway.certificate_arn
    if device.authentication and certificate:
        clash = device.authentication != "certificate"
        yield _compared(S.AUTHENTICATION, "certificate", device.authentication, device, clash=clash)
    expected = _identity(device.peer_identity)
    if expected and tunnel.outside_ip and _is_address(expected):
        yield _compared(
            S.AWS_IDENTITY, tunnel.outside_ip, expected, device,
            clash=expected != tunnel.outside_ip,
            why="AWS names itself by the tunnel's outside IP" if expected != tunnel.outside_ip
            else "",
        )  # fmt: skip
    if gateway.ip_address:
        yield from _device_is(gateway.ip_address, device)


def _device_is(address: str, device: DeviceTunnel) -> Iterator[Compared]:
    said = _identity(device.local_identity)
    if said and not said.upper().startswith(("CN=", "C=", "O=")) and "=" not in said:
        clash = said != address
        yield _compared(S.DEVICE_IDENTITY, address, said, device, clash=clash,
                        why="AWS knows the device by the customer gateway's address" if clash
                        else "")  # fmt: skip
    local = device.local_address
    if local and _is_address(local) and not ipaddress.ip_address(local).is_unspecified:
        public = not ipaddress.ip_address(local).is_private
        clash = local != address and public
        why = "" if local == address else "behind NAT" if not public else "another address"
        yield _compared(S.DEVICE_ADDRESS, address, local, device, clash=clash, why=why,
                        same=local == address)  # fmt: skip


def _identity(text: str | None) -> str | None:
    if not text or text.strip().lower() in _ANYBODY:
        return None
    return text.strip().strip("\"'").removeprefix("@")


def _behaviour(aws: TunnelOptions, device: DeviceTunnel) -> Iterator[Compared]:
    lifetimes = (
        (S.PHASE1_LIFETIME, aws.phase1_lifetime or _LIFETIMES[0], device.phase1_lifetime),
        (S.PHASE2_LIFETIME, aws.phase2_lifetime or _LIFETIMES[1], device.phase2_lifetime),
    )
    for setting, ours, theirs in lifetimes:
        if theirs is not None:
            yield _compared(setting, f"{ours} s", f"{theirs} s", device, same=ours == theirs)
    if device.nat_t is not None:
        yield _compared(S.NAT_T, "on", _on(device.nat_t), device, same=device.nat_t)
    if device.dpd is not None:
        yield _compared(S.DPD, "on", _on(device.dpd), device, same=device.dpd)
    if device.startup_action:
        action = aws.startup_action or "add"
        lazy = action == device.startup_action == "add"
        yield _compared(S.STARTUP_ACTION, action, device.startup_action, device, same=not lazy,
                        why="each side waits for the other" if lazy else "")  # fmt: skip
    if device.idle_timeout:
        yield _compared(S.IDLE_TIMEOUT, "none", f"{device.idle_timeout} s", device, same=False)
    if device.inside_mtu:
        large = device.inside_mtu > _MTU
        yield _compared(S.MTU, f"at most {_MTU}", str(device.inside_mtu), device, same=not large)
    if device.tcp_mss:
        large = device.tcp_mss > _MSS
        yield _compared(S.MSS, f"at most {_MSS}", str(device.tcp_mss), device, same=not large)


def _inside(
    aws: TunnelOptions, device: DeviceTunnel, gateway: CustomerGateway
) -> Iterator[Compared]:
    cidr = aws.inside_cidr
    if cidr and device.inside_address and _is_network(cidr):
        clash = not _within(device.inside_address, cidr)
        yield _compared(S.INSIDE_ADDRESS, cidr, device.inside_address, device, clash=clash)
    if cidr and device.bgp_neighbor and _is_network(cidr):
        ours = str(next(ipaddress.ip_network(cidr, strict=False).hosts(), ""))
        clash = device.bgp_neighbor != ours
        yield _compared(S.BGP_NEIGHBOR, ours, device.bgp_neighbor, device, clash=clash)
    if gateway.bgp_asn and device.bgp_local_asn:
        clash = gateway.bgp_asn != device.bgp_local_asn
        yield _compared(
            S.DEVICE_ASN, str(gateway.bgp_asn), str(device.bgp_local_asn), device, clash=clash
        )


def _selectors(connection: VpnConnection, device: DeviceTunnel) -> Iterator[Compared]:
    for ours, theirs in (
        (connection.local_cidr, device.local_selectors),
        (connection.remote_cidr, device.remote_selectors),
    ):
        known = [each for each in theirs if _is_network(each)]
        if not known:
            continue
        aws = ours or "0.0.0.0/0"
        if not _is_network(aws):
            continue
        inside = [each for each in known if _overlap(each, aws)]
        whole = all(_covers(aws, each) for each in known)
        yield _compared(
            S.SELECTORS, aws, ", ".join(theirs), device, clash=not inside, same=whole,
            why="" if whole else "nothing in common" if not inside else "only a part is common",
        )  # fmt: skip


def _compared(
    setting: Setting,
    aws: str,
    theirs: str,
    device: DeviceTunnel,
    *,
    clash: bool = False,
    same: bool = True,
    why: str = "",
) -> Compared:
    agreement = Agreement.CLASHES if clash else Agreement.AGREES if same else Agreement.DIFFERS
    line = next(
        (device.where[name] for name in _FIELDS.get(setting, ()) if name in device.where), None
    )
    return Compared(
        setting=setting, agreement=agreement, aws=aws, device=theirs,
        line=line or device.line or None, why=why,
    )  # fmt: skip


_FIELDS: dict[Setting, tuple[str, ...]] = {
    S.IKE_VERSION: ("ike_versions",),
    S.MODE: ("mode",),
    S.PHASE1_ENCRYPTION: ("phase1_encryption",),
    S.PHASE1_INTEGRITY: ("phase1_integrity",),
    S.PHASE1_DH_GROUP: ("phase1_dh_groups",),
    S.PHASE1_LIFETIME: ("phase1_lifetime",),
    S.PHASE2_ENCRYPTION: ("phase2_encryption",),
    S.PHASE2_INTEGRITY: ("phase2_integrity",),
    S.PHASE2_DH_GROUP: ("phase2_dh_groups", "pfs"),
    S.PHASE2_LIFETIME: ("phase2_lifetime",),
    S.AUTHENTICATION: ("authentication",),
    S.DEVICE_IDENTITY: ("local_identity",),
    S.AWS_IDENTITY: ("peer_identity",),
    S.DEVICE_ADDRESS: ("local_address",),
    S.SELECTORS: ("local_selectors", "remote_selectors"),
    S.NAT_T: ("nat_t",),
    S.DPD: ("dpd", "dpd_delay"),
    S.STARTUP_ACTION: ("startup_action",),
    S.IDLE_TIMEOUT: ("idle_timeout",),
    S.INSIDE_ADDRESS: ("inside_address",),
    S.BGP_NEIGHBOR: ("bgp_neighbor",),
    S.DEVICE_ASN: ("bgp_local_asn",),
    S.MTU: ("inside_mtu",),
    S.MSS: ("tcp_mss",),
}


def _list(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values)


def _on(value: bool) -> str:
    return "on" if value else "off"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _within(address: str | None, cidr: str | None) -> bool:
    text = (address or "").partition("/")[0]
    if not cidr or not _is_address(text) or not _is_network(cidr):
        return False
    return ipaddress.ip_address(text) in ipaddress.ip_network(cidr, strict=False)


def _overlap(one: str, other: str) -> bool:
    first, second = (ipaddress.ip_network(each, strict=False) for each in (one, other))
    return first.version == second.version and first.overlaps(second)


def _covers(whole: str, part: str) -> bool:
    outer, inner = (ipaddress.ip_network(each, strict=False) for each in (whole, part))
    if isinstance(outer, ipaddress.IPv4Network) and isinstance(inner, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(outer, ipaddress.IPv6Network) and isinstance(inner, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False
