"""Which tunnel of the device is which of AWS's."""

import ipaddress
from collections.abc import Sequence

from bothup.model.connection import Tunnel
from bothup.model.device import DeviceConfig, DeviceTunnel


def pairs(tunnels: Sequence[Tunnel], config: DeviceConfig) -> dict[str, DeviceTunnel]:
    """Find the device's tunnel for each of AWS's, by its outside IP.

    The peer's address joins them; what goes elsewhere is still the tunnel whose inside network it
    has an address in, and then its peer's address is wrong.
    """
    ours = [tunnel for tunnel in tunnels if tunnel.outside_ip]
    addresses = {tunnel.outside_ip for tunnel in ours}
    found: dict[str, DeviceTunnel] = {}
    for device in config.tunnels:
        address = device.peer_address or ""
        known = found.get(address)
        if address in addresses and (known is None or known.enabled is False):
            found[address] = device
    for tunnel in ours:
        if tunnel.outside_ip not in found:
            left = (each for each in config.tunnels if each not in found.values())
            inside = next((each for each in left if _is_inside(each, tunnel)), None)
            if inside is not None:
                found[tunnel.outside_ip] = inside
    return found


def _is_inside(device: DeviceTunnel, tunnel: Tunnel) -> bool:
    if device.peer_identity == tunnel.outside_ip:
        return True
    cidr = tunnel.options.inside_cidr if tunnel.options else None
    own = (device.inside_address or device.bgp_neighbor or "").partition("/")[0]
    try:
        network = ipaddress.ip_network(cidr or "", strict=False)
        return ipaddress.ip_address(own) in network
    except ValueError:
        return False
