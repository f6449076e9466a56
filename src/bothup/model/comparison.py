"""Comparison: the two sides' settings of one tunnel, setting by setting."""

import enum

import msgspec

from bothup.model.device import DeviceTunnel


class Setting(enum.StrEnum):
    """What is compared."""

    TUNNEL = "tunnel"
    ENABLED = "switched on"
    AWS_ADDRESS = "address of AWS"
    DEVICE_ADDRESS = "address of the device"
    AWS_IDENTITY = "identity of AWS"
    DEVICE_IDENTITY = "identity of the device"
    AUTHENTICATION = "authentication"
    KEY = "pre-shared key"
    NAT_T = "NAT traversal"
    LOCAL_SELECTORS = "local traffic selectors"
    REMOTE_SELECTORS = "remote traffic selectors"
    SA_PAIRS = "pairs of SAs"
    IKE_VERSION = "IKE version"
    MODE = "exchange mode"
    PHASE1_ENCRYPTION = "phase 1 encryption"
    PHASE1_INTEGRITY = "phase 1 integrity"
    PHASE1_DH_GROUP = "phase 1 DH group"
    PHASE1_LIFETIME = "phase 1 lifetime"
    PHASE2_ENCRYPTION = "phase 2 encryption"
    PHASE2_INTEGRITY = "phase 2 integrity"
    PHASE2_DH_GROUP = "phase 2 DH group (PFS)"
    PHASE2_LIFETIME = "phase 2 lifetime"
    PHASE2_VOLUME = "rekey by volume"
    STARTUP_ACTION = "who initiates"
    DPD = "dead peer detection"
    DPD_TIMEOUT = "dead peer time-out"
    DPD_ACTION = "after a dead peer"
    IDLE_TIMEOUT = "idle time-out"
    REKEY = "device rekeys"
    REAUTHENTICATION = "reauthentication"
    INSIDE_ADDRESS = "inside address"
    ROUTING = "routing"
    BGP_NEIGHBOR = "BGP neighbour"
    DEVICE_ASN = "ASN of the device"
    AWS_ASN = "ASN of AWS"
    HOLD_TIME = "BGP hold time"
    MTU = "MTU"
    MSS = "TCP MSS"


class Agreement(enum.StrEnum):
    """What a setting's two values mean for the tunnel, the worst first."""

    CLASHES = "clashes"
    """They cannot work together."""
    DIFFERS = "differs"
    """They work, but the tunnel breaks or carries less later."""
    UNKNOWN = "unknown"
    """One side does not say."""
    AGREES = "agrees"
    """They fit."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One setting on both sides, as people write it, "" where a side does not say.

    `aws_field` names AWS's field and `config_line` the line of the device's text. `why` says what
    follows where the two do not fit.
    """

    setting: Setting
    agreement: Agreement
    aws: str
    device: str
    why: str = ""
    aws_field: str = ""
    config_line: str = ""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides of one tunnel.

    `present` says that a device configuration was given and read. `device` is the device's tunnel
    to this outside IP, None where the text has none; `others` are the outside addresses that the
    text has tunnels to; `cut` says that a text is not whole. `settings` come the worst first.
    """

    present: bool = False
    source: str = ""
    device: DeviceTunnel | None = None
    others: tuple[str, ...] = ()
    cut: bool = False
    settings: tuple[Compared, ...] = ()

    def of(self, *settings: Setting) -> tuple[Compared, ...]:
        """Give what both sides say of these settings."""
        return tuple(
            each
            for each in self.settings
            if each.setting in settings and each.agreement is not Agreement.UNKNOWN
        )

    def clashes(self, *settings: Setting) -> tuple[Compared, ...]:
        """Give those of these settings that cannot work together."""
        return tuple(each for each in self.of(*settings) if each.agreement is Agreement.CLASHES)

    def agree(self, *settings: Setting) -> bool:
        """Whether all of these settings are known on both sides and none clashes."""
        known = self.of(*settings)
        return {each.setting for each in known} == set(settings) and not self.clashes(*settings)
