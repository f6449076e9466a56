"""HCL: values and names as Terraform reads them."""

import json
import re
from typing import Any


def unique(name: str, names: set[str]) -> str:
    """Make an identifier of a name that no other block has."""
    base = re.sub(r"[^A-Za-z0-9_-]", "_", name).strip("_") or "vpn"
    base = base if base[0].isalpha() else f"vpn_{base}"
    number, found = 1, base
    while found in names:
        number += 1
        found = f"{base}_{number}"
    names.add(found)
    return found


def text(value: Any) -> str:
    """Write a value in HCL; in quotes, ${ and %{ would begin a template."""
    if isinstance(value, list):
        return "[" + ", ".join(map(text, value)) + "]"
    written = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return written.replace("${", "$${").replace("%{", "%%{")
    return written
