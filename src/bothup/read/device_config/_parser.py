"""What a parser of device configurations is."""

from typing import Protocol

from bothup.model.device import DeviceConfig


class ConfigParser(Protocol):
    """The face of a module in this folder."""

    VENDOR: str

    def detect(self, text: str) -> float:
        """Say how sure it is, 0 to 1, that the text is this vendor's."""

    def parse(self, text: str, source: str) -> DeviceConfig:
        """Read the text; whatever it is, this raises nothing and keeps no secret."""
