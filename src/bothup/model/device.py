"""DeviceConfig: what a customer gateway device is set up to do, in the shape AWS's side has.

Names of algorithms are AWS's ("AES256", "AES128-GCM-16", "SHA2-256"), whatever the vendor calls
them; an algorithm that AWS has no name for keeps the vendor's ("3DES"). DH groups are numbers.
None and () are "the text does not say".
"""

import msgspec


class DeviceTunnel(msgspec.Struct, frozen=True, kw_only=True):
    """One tunnel as the device has it; lifetimes and time-outs are seconds.

    `local_address` and `peer_address` are outside addresses; the peer's is what joins it with
    AWS's tunnel. `local_identity` and `peer_identity` are IKE identities. `local_selectors` is the
    device's side. `phase2_dh_groups` is PFS: () together with `pfs=False` is no PFS at all.
    `authentication` is "psk" or "certificate". `startup_action` and `dpd_action` are AWS's words
    ("start" or "add"; "clear", "none" or "restart"). `inside_address` is the device's, with or
    without its mask; `bgp_neighbor` is AWS's inside address. `line` is where the tunnel begins.
    """

    name: str = ""
    line: int = 0
    enabled: bool | None = None
    local_address: str | None = None
    peer_address: str | None = None
    local_identity: str | None = None
    peer_identity: str | None = None
    authentication: str | None = None
    has_key: bool | None = None
    ike_versions: tuple[str, ...] = ()
    mode: str | None = None
    phase1_encryption: tuple[str, ...] = ()
    phase1_integrity: tuple[str, ...] = ()
    phase1_dh_groups: tuple[int, ...] = ()
    phase1_lifetime: int | None = None
    phase2_encryption: tuple[str, ...] = ()
    phase2_integrity: tuple[str, ...] = ()
    phase2_dh_groups: tuple[int, ...] = ()
    phase2_lifetime: int | None = None
    phase2_lifebytes: int | None = None
    pfs: bool | None = None
    nat_t: bool | None = None
    dpd: bool | None = None
    dpd_delay: int | None = None
    dpd_timeout: int | None = None
    dpd_action: str | None = None
    startup_action: str | None = None
    rekey: bool | None = None
    reauthentication: bool | None = None
    idle_timeout: int | None = None
    local_selectors: tuple[str, ...] = ()
    remote_selectors: tuple[str, ...] = ()
    inside_address: str | None = None
    inside_mtu: int | None = None
    tcp_mss: int | None = None
    bgp_neighbor: str | None = None
    bgp_local_asn: int | None = None
    bgp_remote_asn: int | None = None
    bgp_hold_time: int | None = None
    bgp_keepalive: int | None = None
    where: dict[str, int] = {}
    """Line of each setting, by the names of the fields above, as far as it is known."""


class DeviceConfig(msgspec.Struct, frozen=True, kw_only=True):
    """All tunnels that one configuration text defines; `notices` say what could not be read.

    `cut` says that the text ends early or was copied with a pager's marks, so that the device may
    have what it lacks.
    """

    vendor: str
    source: str = ""
    tunnels: tuple[DeviceTunnel, ...] = ()
    notices: tuple[str, ...] = ()
    cut: bool = False
