"""The faults of the laboratory, found by looking into this folder: one function each."""

import importlib
import pkgutil

from bothup.errors import UsageError
from bothup.lab.fault import Fault

# What a laboratory on kernel-libipsec cannot have, and why.
CANNOT: tuple[tuple[str, str], ...] = (
    ("a tunnel that traffic opens", "without the kernel's XFRM no packet asks for an SA"),
    ("ESP without UDP blocked (protocol 50)", "ESP always goes in UDP here"),
    ("NAT traversal switched off", "both sides always believe that there is NAT"),
    ("black holes for large packets", "path MTU discovery is the kernel's, and so is its ESP"),
    ("libreswan as the gateway", "it needs the kernel's ESP"),
    ("a dead device with DPD off", "AWS shows the tunnel as UP for ever: there is nothing to see"),
)


def faults() -> dict[str, Fault]:
    """Every fault by its id, in the order of the files and within them."""
    found: dict[str, Fault] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        members = vars(importlib.import_module(f"{__name__}.{module.name}"))
        found |= {each.id: each for each in members.values() if isinstance(each, Fault)}
    return found


def chosen(names: tuple[str, ...]) -> list[Fault]:
    """The faults of these names, all without any; raises UsageError for an unknown one."""
    known = faults()
    for name in names:
        if name not in known:
            raise UsageError(f"there is no fault {name}; expected one of {', '.join(known)}")
    return [known[name] for name in names or known]
