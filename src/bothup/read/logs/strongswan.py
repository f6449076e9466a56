"""strongSwan: charon's log, as a file, through syslog or out of the journal.

The daemon runs in pfSense, OPNsense, VyOS and many gateways, too. A message may carry the thread,
the group and the connection (`09[IKE] <tunnel1|3> …`) or stand bare, as the journal has it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.event import Event
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._strongswan_talk import Reader
from bothup.read.logs._times import end_of_time

VENDOR = "strongswan"
ALIASES = ("charon", "pfsense", "opnsense", "vyos", "ubiquiti", "sophos")

_PREFIX = re.compile(
    r"(?:^|[^\w])\d\d\[(?:IKE|CFG|ENC|NET|CHD|JOB|KNL|MGR|DMN|ESP|LIB)\] "
    r"(?:<(?P<tag>[^>]*)> )?\s*"
)
_BARE = re.compile(r"(?:^|\s)(?:ipsec|charon|charon-systemd|swanctl)(?:\[\d+\])?: ")
_SURE = re.compile(
    r"\d\d\[(?:IKE|CFG|ENC|NET|CHD|JOB|KNL|MGR|DMN)\] |charon(?:-systemd)?(?:\[\d+\])?: "
    r"|\b(?:generating|parsed) (?:IKE_\w+|CREATE_CHILD_SA|ID_PROT|INFORMATIONAL|QUICK_MODE)"
    r"|\bCHILD_SA \S+\{\d+\}|\bIKE_SA \S+\[\d+\]"
)


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is charon's."""
    return sum(bool(_SURE.search(line)) for line in lines) / len(lines) if lines else 0.0


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield the events of charon's messages."""
    reader = Reader(context)
    for line in lines:
        text = line[1]
        found = _PREFIX.search(text)
        if found is not None:
            yield from reader.message(line, text[found.end() :], found["tag"])
        else:
            yield from reader.message(line, _bare(text), None)


def _bare(text: str) -> str:
    found = _BARE.search(text)
    return text[found.end() :] if found else text[end_of_time(text) :].lstrip()
