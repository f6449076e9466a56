"""Targets that could not be read, for formats that know findings only.

Such a format holds an entry for each: what is not in a document looks as if it were well.
"""

from collections.abc import Iterator

from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus
from bothup.report._words import error

TITLE = "Every account and Region should be read"


def unread_targets(scan: Scan) -> Iterator[Coverage]:
    """Yield the coverage of what could not be read."""
    return (each for each in scan.coverage if each.status is not CoverageStatus.READ)


def coverage_id(covered: Coverage) -> str:
    """Name the entry: the same account and Region give the same id."""
    return f"bothup/coverage/{covered.account or '-'}/{covered.region or '-'}"


def why(covered: Coverage) -> str:
    """Say why the Target was not read."""
    said = error(covered)
    return f"not read, so not known to be well: {covered.status.replace('_', ' ')}" + (
        f" ({said})" if said else ""
    )
