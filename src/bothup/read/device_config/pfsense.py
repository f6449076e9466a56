"""pfSense: the IPsec phases in config.xml, tunnel interfaces and the FRR package's BGP."""

import re

from bothup.model.device import DeviceConfig
from bothup.read.device_config._phases import tunnels_of
from bothup.read.device_config._said import config_of
from bothup.read.device_config._xml import document

VENDOR = "pfsense"

_PHASE = re.compile(r"<phase[12]>")


def detect(text: str) -> float:
    """Look for pfSense's root element and its IPsec phases."""
    if "<opnsense>" in text:
        return 0.1
    return 0.95 if "<pfsense>" in text else 0.6 if _PHASE.search(text) else 0.0


def parse(text: str, source: str) -> DeviceConfig:
    """Read each phase 1 as a tunnel."""
    read = document(text)
    return config_of(VENDOR, source, tunnels_of(read.root), read.notices)
