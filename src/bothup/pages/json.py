"""JSON: one diagnosis as `bothup.diagnosis/1`; none or several, or Targets not read, as a list.

The list is `bothup.diagnoses/1`: {"schema", "diagnoses": [each a `bothup.diagnosis/1`], "not_read":
[coverage of the Targets that could not be read]}.
"""

from collections.abc import Iterator

import msgspec

from bothup.pages import Found
from bothup.report._look import Look

LIST = "bothup.diagnoses/1"


def render(found: Found, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield the document, indented, with a newline at its end."""
    document: object = {"schema": LIST, "diagnoses": found.diagnoses, "not_read": found.unread}
    if len(found.diagnoses) == 1 and not found.unread:
        document = found.diagnoses[0]
    yield msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    yield "\n"
