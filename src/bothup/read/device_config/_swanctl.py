"""What swanctl's keys mean; the same keys stand in swanctl.conf and in OPNsense's config.xml.

Defaults applied to a section whose end has been seen, as swanctl.conf(5) gives them: `version` 0
(both versions), `dpd_delay` 0 (no dead peer detection), `start_action` none (waits for the peer),
`dpd_action` clear. Where a rekey time is given, that is the lifetime reported: the hard limit lies
a tenth above it.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from bothup.read.device_config._proposals import suite
from bothup.read.device_config._said import Said, told
from bothup.read.device_config._tree import Section, Value
from bothup.read.device_config._values import (
    address,
    flag,
    networks,
    octets,
    only_on,
    positive,
    seconds,
)

NOTHING = Value("", 0)
_VERSIONS = MappingProxyType({"0": ("ikev1", "ikev2"), "1": ("ikev1",), "2": ("ikev2",)})
_STARTS = MappingProxyType(
    {
        "none": "add",
        "start": "start",
        # A trap starts the tunnel as soon as there is traffic for it: the device does initiate.
        "trap": "start",
        "route": "start",
        "trap|start": "start",
    }
)
_DPD_ACTIONS = MappingProxyType(
    {
        "none": "none",
        "clear": "clear",
        "trap": "restart",
        "hold": "restart",
        "restart": "restart",
        "start": "restart",
    }
)
_CONNECTION_DEFAULTS = MappingProxyType({"version": "0", "dpd_delay": "0"})
_CHILD_DEFAULTS = MappingProxyType({"start_action": "none", "dpd_action": "clear"})


def connection_said(section: Section) -> Iterator[Said]:
    """Read a connection's own keys."""
    values = _with_defaults(section, _CONNECTION_DEFAULTS)
    yield from told(
        values,
        ("local_address", "local_addrs", _first_address),
        ("peer_address", "remote_addrs", _first_address),
        ("ike_versions", "version", _VERSIONS.get),
        ("mode", "aggressive", lambda text: "aggressive" if flag(text) else None),
        ("phase1_lifetime", "reauth_time", positive),
        ("phase1_lifetime", "rekey_time", positive),
        ("reauthentication", "reauth_time", _not_zero),
        ("dpd", "dpd_delay", _not_zero),
        ("dpd_delay", "dpd_delay", positive),
        # `encap = no` only does not force UDP: NAT is still detected.
        ("nat_t", "encap", only_on),
    )
    if values.get("version", NOTHING).text != "2":
        # IKEv2 goes by its retransmissions and passes over this time-out.
        yield from told(values, ("dpd_timeout", "dpd_timeout", positive))
    yield from _proposals(values, "proposals", "phase1")


def authentication_said(values: Mapping[str, Value], side: str) -> Iterator[Said]:
    """Read a local or remote section: how that side ("local", "peer") proves itself, as whom."""
    return told(
        values,
        ("authentication", "auth", _method),
        (f"{side}_identity", "id", lambda text: text or None),
    )


def child_said(section: Section) -> Iterator[Said]:
    """Read a child: the IPsec SAs of a connection."""
    values = _with_defaults(section, _CHILD_DEFAULTS)
    yield from _proposals(values, "esp_proposals", "phase2")
    yield from told(
        values,
        ("local_selectors", "local_ts", networks),
        ("remote_selectors", "remote_ts", networks),
        ("phase2_lifetime", "life_time", positive),
        ("phase2_lifetime", "rekey_time", positive),
        ("rekey", "rekey_time", lambda text: False if seconds(text) == 0 else None),
        ("phase2_lifebytes", "life_bytes", octets),
        ("phase2_lifebytes", "rekey_bytes", octets),
        ("idle_timeout", "inactivity", seconds),
        ("startup_action", "start_action", lambda text: _STARTS.get(text.replace(" ", ""))),
        ("dpd_action", "dpd_action", _DPD_ACTIONS.get),
    )


def _with_defaults(section: Section, defaults: Mapping[str, str]) -> dict[str, Value]:
    if not section.closed:
        return section.values
    return {key: Value(text, section.line) for key, text in defaults.items()} | section.values


def _proposals(values: Mapping[str, Value], key: str, phase: str) -> Iterator[Said]:
    text, line = values.get(key, NOTHING)
    known = suite(text)
    yield Said(f"{phase}_encryption", known.encryption, line)
    yield Said(f"{phase}_integrity", known.integrity, line)
    yield Said(f"{phase}_dh_groups", known.groups, line)
    if phase == "phase2" and known.encryption:
        yield Said("pfs", bool(known.groups), line)


def _first_address(text: str) -> str | None:
    return address(text.split(",")[0])


def _not_zero(text: str) -> bool | None:
    time = seconds(text)
    return None if time is None else bool(time)


def _method(text: str) -> str | None:
    return {"psk": "psk", "pubkey": "certificate"}.get(text.partition("-")[0])
