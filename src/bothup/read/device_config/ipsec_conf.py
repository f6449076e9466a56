"""ipsec.conf of libreswan, openswan and strongSwan, with ipsec.secrets where it is in the text.

`left` is taken for the device's own side, as all three recommend, unless `right` is
`%defaultroute`. No defaults are applied: the last conn of a file has no end. strongSwan offers its
default algorithms beside those of `ike` and `esp` unless they end in `!`; a notice says so.
"""

import re
from collections.abc import Iterator
from types import MappingProxyType

from bothup.model.device import DeviceConfig
from bothup.read.device_config._ipsec_syntax import Conn, File, Key, Settings, file_of
from bothup.read.device_config._proposals import suite
from bothup.read.device_config._said import Said, assemble, config_of, told
from bothup.read.device_config._tree import Value
from bothup.read.device_config._values import (
    address,
    flag,
    interface,
    networks,
    number,
    octets,
    only_on,
    positive,
    seconds,
)

VENDOR = "libreswan"
ALIASES = ("openswan", "strongswan", "freeswan")
DIALECTS = ("libreswan", "openswan", "strongswan")

_CONN = re.compile(r"^[ \t]*(?:conn[ \t]+\S+|config setup)", re.MULTILINE)
_KEYS = re.compile(
    r"(?:^|\s)(?:left|right|leftid|leftsubnets?|ike|esp|phase2alg|authby|auto|dpd\w+)\s*=",
    re.MULTILINE,
)
_SECRET = re.compile(r":\s*PSK\s+\S")
_MARKS = MappingProxyType(
    {
        "strongswan": re.compile(
            r"keyexchange\s*=\s*ikev[12]|(?:left|right)auth\s*=|closeaction|charon|strongswan"
            r"|mobike|^[ \t]*mark\s*=",
            re.IGNORECASE | re.MULTILINE,
        ),
        "openswan": re.compile(r"openswan|nat_traversal|virtual_private|keylife\s*="),
        "libreswan": re.compile(
            r"libreswan|ikev2\s*=|salifetime|vti-|leftvti|ipsec-interface|encapsulation\s*="
        ),
    }
)
_NOTHING = Value("", 0)
_NO_TUNNEL = frozenset({"passthrough", "drop", "reject"})
_VERSIONS = MappingProxyType(
    {
        "ikev1": ("ikev1",),
        "no": ("ikev1",),
        "never": ("ikev1",),
        "permit": ("ikev1", "ikev2"),
        "propose": ("ikev1", "ikev2"),
        "ikev2": ("ikev2",),
        "yes": ("ikev2",),
        "insist": ("ikev2",),
    }
)
_STARTS = MappingProxyType(
    {"start": "start", "route": "start", "ondemand": "start", "add": "add", "keep": "add"}
)
_DPD_ACTIONS = MappingProxyType(
    {
        "none": "none",
        "clear": "clear",
        "hold": "restart",
        "trap": "restart",
        "restart": "restart",
        "restart_by_peer": "restart",
    }
)
_AUTHENTICATION = MappingProxyType(
    {
        "psk": "psk",
        "secret": "psk",
        "pubkey": "certificate",
        "rsasig": "certificate",
        "rsa": "certificate",
        "ecdsa": "certificate",
        "ecdsasig": "certificate",
    }
)


def detect(text: str) -> float:
    """Look for conns, their usual settings and keys of ipsec.secrets."""
    settings = len({found.strip() for found in _KEYS.findall(text)})
    sure = 0.1 * min(settings, 4) + (0.5 if settings and _CONN.search(text) else 0)
    return max(sure, 0.4 if _SECRET.search(text) else 0)


def parse(text: str, source: str) -> DeviceConfig:
    """Read each conn as a tunnel."""
    file = file_of(text)
    vendor = max(reversed(_MARKS), key=lambda name: len(set(_MARKS[name].findall(text))))
    real = [
        conn for conn in file.conns if conn.settings.get("type", _NOTHING).text not in _NO_TUNNEL
    ]
    tunnels = (assemble(conn.name, conn.line, _said(conn, file, vendor)) for conn in real)
    notices = [*file.notices, *_open_proposals(file, vendor)]
    if file.keys and not real:
        notices.append("the text holds keys but no connection: it is ipsec.secrets alone")
    return config_of(vendor, source, tunnels, notices)


def _open_proposals(file: File, vendor: str) -> Iterator[str]:
    lines = {
        conn.settings[key].line
        for conn in file.conns
        for key in ("ike", "esp")
        if key in conn.settings and not conn.settings[key].text.endswith("!")
    }
    if vendor == "strongswan" and lines:
        shown = ", ".join(str(line) for line in sorted(lines)[:6])
        yield f"line {shown}: without ! at the end strongSwan offers its default algorithms, too"


def _said(conn: Conn, file: File, vendor: str) -> Iterator[Said]:
    settings = conn.settings
    here, there = _sides(settings)
    yield from _ends(settings, here, there)
    yield from _authentication(settings, here)
    yield from _key(settings, there, here, file.keys)
    yield from _versions(settings, vendor)
    yield from _phases(settings, vendor)
    yield from _switches(settings, file.setup)
    yield from _inside(settings, here)


def _sides(settings: Settings) -> tuple[str, str]:
    swapped = settings.get("right", _NOTHING).text.startswith("%default")
    return ("right", "left") if swapped else ("left", "right")


def _ends(settings: Settings, here: str, there: str) -> Iterator[Said]:
    # One end alone does not tell whose it is, but AWS's is the right one by custom.
    if "right" in settings:
        yield from told(
            settings, ("local_address", here, address), ("peer_address", there, address)
        )
    for side, field, theirs in ((here, "local", "local"), (there, "peer", "remote")):
        yield from told(
            settings,
            (f"{field}_identity", f"{side}id", lambda text: text.lstrip("@") or None),
            (f"{theirs}_selectors", f"{side}subnet", networks),
            (f"{theirs}_selectors", f"{side}subnets", networks),
        )


def _authentication(settings: Settings, here: str) -> Iterator[Said]:
    return told(
        settings,
        ("authentication", "authby", _method),
        ("authentication", f"{here}auth", _method),
        ("authentication", f"{here}cert", lambda _text: "certificate"),
    )


def _method(text: str) -> str | None:
    return _AUTHENTICATION.get(text.partition("-")[0])


def _key(settings: Settings, there: str, here: str, keys: tuple[Key, ...]) -> Iterator[Said]:
    peer = {settings.get(name, _NOTHING).text.lstrip("@") for name in (there, f"{there}id")}
    own = {settings.get(name, _NOTHING).text.lstrip("@") for name in (here, f"{here}id")}
    for key in keys:
        if not key.names or "%any" in key.names or key.names & peer or key.names <= own:
            yield Said("has_key", True, key.line)


def _versions(settings: Settings, vendor: str) -> Iterator[Said]:
    exchange, line = settings.get("ikev2") or settings.get("keyexchange", _NOTHING)
    # libreswan and openswan take "ike" for the protocol's name; it says no version there.
    both = ("ikev1", "ikev2") if exchange == "ike" and vendor == "strongswan" else None
    yield Said("ike_versions", _VERSIONS.get(exchange, both), line)
    yield from told(settings, ("mode", "aggressive", _mode), ("mode", "aggrmode", _mode))


def _mode(text: str) -> str | None:
    aggressive = flag(text)
    return None if aggressive is None else "aggressive" if aggressive else "main"


def _phases(settings: Settings, vendor: str) -> Iterator[Said]:
    for phase, key in (("phase1", "ike"), ("phase2", "phase2alg"), ("phase2", "esp")):
        text, line = settings.get(key, _NOTHING)
        # libreswan's AES without a size is 128 or 256 bits, depending on version and peer.
        known = suite(text, plain_aes="AES128" if vendor == "strongswan" else None)
        yield Said(f"{phase}_encryption", known.encryption, line)
        yield Said(f"{phase}_integrity", known.integrity, line)
        yield Said(f"{phase}_dh_groups", known.groups, line)
        if phase == "phase2" and known.encryption and (known.groups or vendor == "strongswan"):
            yield Said("pfs", bool(known.groups), line)
    yield from told(
        settings,
        ("pfs", "pfs", flag),
        ("phase1_lifetime", "ikelifetime", seconds),
        ("phase2_lifetime", "keylife", seconds),
        ("phase2_lifetime", "salifetime", seconds),
        ("phase2_lifetime", "lifetime", seconds),
        ("phase2_lifebytes", "lifebytes", octets),
        ("phase2_lifebytes", "ipsecmaxbytes", octets),
    )


def _switches(settings: Settings, setup: Settings) -> Iterator[Said]:
    yield from told(
        settings,
        ("dpd", "dpddelay", lambda text: None if seconds(text) is None else seconds(text) != 0),
        ("dpd_delay", "dpddelay", positive),
        ("dpd_timeout", "dpdtimeout", positive),
        ("dpd_action", "dpdaction", _DPD_ACTIONS.get),
        ("dpd", "dpdaction", lambda text: False if text == "none" else None),
        ("startup_action", "auto", _STARTS.get),
        ("enabled", "auto", lambda text: False if text == "ignore" else None),
        ("rekey", "rekey", flag),
        ("reauthentication", "reauth", flag),
        ("idle_timeout", "inactivity", seconds),
    )
    yield from told(setup, ("nat_t", "nattraversal", flag))
    yield from told(settings, ("nat_t", "forceencaps", only_on), ("nat_t", "encapsulation", flag))


def _inside(settings: Settings, here: str) -> Iterator[Said]:
    yield from told(
        settings,
        ("inside_address", f"{here}vti", interface),
        ("inside_address", "interfaceip", interface),
        ("inside_mtu", "mtu", number),
        # The script of AWS's sample configuration names both inside addresses.
        ("inside_address", f"{here}updown", lambda text: interface(_option(text, "-ll"))),
        ("bgp_neighbor", f"{here}updown", lambda text: address(_option(text, "-lr"))),
    )


def _option(command: str, option: str) -> str:
    return next(iter(command.partition(f" {option} ")[2].split()), "")
