"""Comparison: the two sides' settings of one tunnel, setting by setting."""

import enum

import msgspec

from bothup.model.device import DeviceTunnel


class Setting(enum.StrEnum):
    """What is compared."""

    IKE_VERSION = "ike version"
    MODE = "exchange mode"
    PHASE1_ENCRYPTION = "phase 1 encryption"
    PHASE1_INTEGRITY = "phase 1 integrity"
    PHASE1_DH_GROUP = "phase 1 DH group"
    PHASE1_LIFETIME = "phase 1 lifetime"
    PHASE2_ENCRYPTION = "phase 2 encryption"
    PHASE2_INTEGRITY = "phase 2 integrity"
    PHASE2_DH_GROUP = "phase 2 DH group (PFS)"
    PHASE2_LIFETIME = "phase 2 lifetime"
    AUTHENTICATION = "authentication"
    DEVICE_IDENTITY = "identity of the device"
    AWS_IDENTITY = "identity of the AWS endpoint"
    DEVICE_ADDRESS = "address of the device"
    SELECTORS = "traffic selectors"
    NAT_T = "NAT traversal"
    DPD = "dead peer detection"
    STARTUP_ACTION = "who initiates"
    IDLE_TIMEOUT = "idle time-out"
    INSIDE_ADDRESS = "inside address"
    BGP_NEIGHBOR = "BGP neighbour"
    DEVICE_ASN = "ASN of the device"
    AWS_ASN = "ASN of AWS"
    MTU = "MTU"
    MSS = "TCP MSS"


class Agreement(enum.StrEnum):
    """How two values of a setting go together."""

    AGREES = "agrees"
    DIFFERS = "differs, which works"
    CLASHES = "clashes"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One setting on both sides, as people write it; `line` is the device text's."""

    setting: Setting
    agreement: Agreement
    aws: str
    device: str
    line: int | None = None
    why: str = ""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides of one tunnel.

    `present` says that a device configuration was given and read. `device` is the device's tunnel
    to this outside IP, None where the text has none; `others` are the outside addresses that the
    text has tunnels to.
    """

    present: bool = False
    source: str = ""
    device: DeviceTunnel | None = None
    others: tuple[str, ...] = ()
    settings: tuple[Compared, ...] = ()

    def of(self, *settings: Setting) -> tuple[Compared, ...]:
        """Give what is known of these settings."""
        return tuple(each for each in self.settings if each.setting in settings)

    def clashes(self, *settings: Setting) -> tuple[Compared, ...]:
        """Give those of these settings that cannot work together."""
        return tuple(each for each in self.of(*settings) if each.agreement is Agreement.CLASHES)

    def agree(self, *settings: Setting) -> bool:
        """Whether all of these settings are known on both sides and none clashes."""
        known = self.of(*settings)
        return {each.setting for each in known} == set(settings) and not self.clashes(*settings)
