"""The recorded configurations: each folder under `cases` holds a text and what it says."""

from pathlib import Path

import msgspec

from bothup.model.device import DeviceConfig, DeviceTunnel
from bothup.read.device_config import read_device_config

CASES = Path(__file__).parent / "cases"
NAMES = sorted(folder.name for folder in CASES.iterdir())
TEXTS = {name: (CASES / name / "config.txt").read_text("utf-8") for name in NAMES}
EXPECTED = {
    name: msgspec.json.decode((CASES / name / "expected.json").read_bytes(), type=DeviceConfig)
    for name in NAMES
}
# Every secret in the texts has this in it.
MARK = "FAKE"


def read(text: str, vendor: str | None = None) -> DeviceConfig:
    return read_device_config(text, "device.txt", vendor)


def settings(tunnel: DeviceTunnel) -> dict[str, object]:
    """What a tunnel says, but for where it says it."""
    told = msgspec.structs.asdict(tunnel)
    del told["where"], told["line"], told["name"]
    return {field: value for field, value in told.items() if value not in (None, ())}
