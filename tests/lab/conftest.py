"""A laboratory for the tests, skipped with the reason where none can be built."""

from collections.abc import Iterator

import pytest

from bothup.lab.lab import kept
from bothup.lab.probe import forbidden, missing


@pytest.fixture(scope="module")
def buildable() -> Iterator[None]:
    """Within a test with this, laboratories may be built."""
    if reasons := missing() or forbidden():
        pytest.skip("no laboratory can be built here: " + "; ".join(reasons))
    with kept():
        yield
