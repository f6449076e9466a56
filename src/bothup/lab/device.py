"""From what a scenario says that a device can do to what the gateway is set to."""

from collections.abc import Iterator

from bothup.lab.bird import Neighbor
from bothup.lab.gateway import Tunnel
from bothup.lab.network import AWS, Cut, Network
from bothup.sim.evidence.scene import Scene

_CIPHERS = {"AES128-GCM-16": "aes128gcm16", "AES256-GCM-16": "aes256gcm16"}
_HASHES = {"SHA2-256": "sha256", "SHA2-384": "sha384", "SHA2-512": "sha512"}
_GROUPS = {2: "modp1024", 5: "modp1536", 14: "modp2048", 19: "ecp256", 20: "ecp384", 21: "ecp521"}
_WRONG_ID = "gateway.example"
# More prefixes than any gateway on AWS's side takes.
_TOO_MANY = {"vgw": 101, "tgw": 1001}


def gateway_tunnel(scene: Scene, number: int, network: Network) -> Tunnel | None:
    """What the gateway is set to on tunnel 1 or 2; None where nobody has configured it."""
    device = scene.tunnel.device
    if not device.configured:
        return None
    own = network.own["cgw"]
    return Tunnel(
        name=f"tunnel{number}",
        remote=scene.tunnel.outside_ip,
        inside=scene.inside,
        key=device.key,
        local=own,
        version=2 if "ikev2" in device.ike else 1,
        proposals=_proposal(device.encryption, device.integrity, device.dh_groups, ike=True),
        esp_proposals=_proposal(device.encryption, device.integrity, device.dh_groups, ike=False),
        local_id=_WRONG_ID if device.flaw == "identity" else scene.customer.ip,
        networks="10.99.0.0/24" if device.flaw == "selectors" else "10.10.0.0/24",
        starts=device.initiates,
        bgp=gateway_neighbor(scene) if scene.connection.bgp else None,
    )


def gateway_neighbor(scene: Scene) -> Neighbor:
    """The device's BGP session."""
    device = scene.tunnel.device
    fault = None if device.bgp else device.bgp_fault
    count = device.routes or 3
    if fault == "prefix-limit":
        count = _TOO_MANY[(scene.connection.gateway_id or "tgw").partition("-")[0]]
    return Neighbor(
        own=scene.inside[1],
        address=scene.inside[0],
        own_asn=scene.customer.asn + (fault == "wrong-as"),
        asn=scene.aws_asn,
        hold=6,
        announces=tuple(routes(count)),
        path=() if device.routes else (scene.aws_asn,),
        down=fault == "shutdown",
    )


def routes(count: int) -> Iterator[str]:
    """So many prefixes that the device announces."""
    return (f"10.{10 + number // 200}.{number % 200}.0/24" for number in range(count))


def cuts(scenes: tuple[Scene, Scene]) -> Iterator[Cut]:
    """What the internet drops by the scenario's word."""
    for node, scene in zip(AWS, scenes, strict=True):
        path = scene.tunnel.device.path
        if path in ("blocked", "answers-blocked"):
            yield Cut(from_=node)
        if path == "blocked":
            yield Cut(to=node)
        if path == "4500-blocked":
            yield Cut(to=node, ports=(4500,))
            yield Cut(from_=node, ports=(4500,))


def _proposal(
    encryption: tuple[str, ...], integrity: tuple[str, ...], groups: tuple[int, ...], *, ike: bool
) -> str:
    ciphers = [_CIPHERS.get(each, each.lower()) for each in encryption]
    hashes = [_HASHES.get(each, each.lower()) for each in integrity]
    if all("gcm" in each for each in ciphers):
        hashes = [f"prf{each}" for each in hashes] if ike else []
    return "-".join([*ciphers, *hashes, *(_GROUPS[each] for each in groups)])
