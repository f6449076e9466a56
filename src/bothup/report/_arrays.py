"""JSON arrays, an element at a time."""

from collections.abc import Iterable, Iterator

import msgspec


def array(elements: Iterable[object]) -> Iterator[str]:
    """Yield a JSON array, each element indented by itself."""
    lead = "[\n"
    for element in elements:
        yield lead + msgspec.json.format(msgspec.json.encode(element), indent=2).decode()
        lead = ",\n"
    yield "[]\n" if lead == "[\n" else "\n]\n"
