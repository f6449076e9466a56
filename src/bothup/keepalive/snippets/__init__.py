"""What a customer gateway's device is told so that it sends through each tunnel: one file a vendor.

A file has `TITLE`, `COMMENT` (how a comment begins) and `render(tunnels)`, which yields lines. What
only the device knows, such as the names of its interfaces, is said in the title.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence

from bothup.errors import UsageError
from bothup.keepalive.inside import Inside, insides
from bothup.model.connection import VpnConnection

Render = Callable[[Sequence[Inside]], Iterable[str]]
INTERVAL = 5  # seconds between packets: an idle tunnel may be dropped after ten


def vendors() -> tuple[str, ...]:
    """List the vendors, by the names that `-o` takes."""
    names = (each.name for each in pkgutil.iter_modules(__path__))
    return tuple(sorted(name.replace("_", "-") for name in names if not name.startswith("_")))


def snippet(vendor: str, connections: Iterable[VpnConnection]) -> Iterator[str]:
    """Yield what a vendor's device is told for these connections, as text with line ends.

    Raises UsageError for a vendor that there is none of.
    """
    if vendor not in vendors():
        near = difflib.get_close_matches(vendor, vendors(), n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(vendors())}"
        raise UsageError(f"no snippet for a device is called {vendor!r}; {hint}")
    module = importlib.import_module(f"{__name__}.{vendor.replace('-', '_')}")
    render: Render = module.render
    return _render(f"{module.COMMENT} {{}}: {module.TITLE}\n", module.COMMENT, render, connections)


def _render(
    heading: str, comment: str, render: Render, connections: Iterable[VpnConnection]
) -> Iterator[str]:
    for connection in connections:
        tunnels = tuple(insides(connection))
        yield heading.format(connection.id)
        if not tunnels:
            yield f"{comment} the inside addresses of its tunnels are not known\n"
        for line in render(tunnels) if tunnels else ():
            yield line + "\n"
        yield "\n"
