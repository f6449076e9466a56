"""A device whose log no other parser knows: what the standards name is found in any wording.

The notifications of IKE (RFC 7296, section 3.10.1; RFC 2408, section 3.14.1) are written alike by
most vendors. This parser reads a log only where no other one recognises it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.event import Details, Direction, Event, EventKind, Phase
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._tell import Teller

VENDOR = "generic"

K = EventKind
_NAMES = re.compile(
    r"NO[_ ]PROPOSAL[_ ]CHOSEN|AUTHENTICATION[_ ]FAILED|TS[_ ]UNACCEPTABLE|"
    r"INVALID[_ ]ID[_ ]INFORMATION|INVALID[_ ]KE[_ ]PAYLOAD|"
    r"no matching peer config|no (?:matching |suitable |valid )?proposal (?:found|match|chosen)|"
    r"pre-?shared key mismatch|tunnel (?:\S+ )?(?:is )?(?:up|down)\b",
    re.IGNORECASE,
)
_SENT = re.compile(r"\b(?:sent|sending|send)\b", re.IGNORECASE)
_DOWN = re.compile(r"\btunnel\b.*\bdown\b(?P<reason>.*)", re.IGNORECASE)
_KINDS: tuple[tuple[str, EventKind, Phase | None], ...] = (
    ("PROPOSAL", K.NO_PROPOSAL_CHOSEN, None),
    ("AUTHENTICATION", K.AUTHENTICATION_FAILED, Phase.IKE),
    ("TS", K.SELECTORS_REFUSED, Phase.IPSEC),
    ("INVALID_ID", K.SELECTORS_REFUSED, Phase.IPSEC),
    ("INVALID_KE", K.WRONG_DH_GUESS, Phase.IKE),
    ("NO_MATCHING_PEER", K.IDENTITY_MISMATCH, Phase.IKE),
    ("PRE", K.PSK_MISMATCH, Phase.IKE),
)


def detect(lines: Sequence[str]) -> float:  # noqa: ARG001
    """Never claim a log: this parser is for those that nobody claims."""
    return 0.0


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield an event for every name of the standards, and for a tunnel that is said to change."""
    teller = Teller(context)
    for line in lines:
        if found := _NAMES.search(line[1]):
            yield _event(teller, line, found[0])


def _event(teller: Teller, line: Line, name: str) -> Event:
    if name.lower().startswith("tunnel"):
        return _changed(teller, line)
    name = name.upper().replace(" ", "_").replace("-", "_")
    kind, phase = next(
        ((kind, phase) for start, kind, phase in _KINDS if name.startswith(start)),
        (K.NO_PROPOSAL_CHOSEN, None),
    )
    direction = Direction.SENT if _SENT.search(line[1]) else Direction.RECEIVED
    return teller.tell(line, kind, phase=phase, direction=direction)


def _changed(teller: Teller, line: Line) -> Event:
    down = _DOWN.search(line[1])
    if down is None:
        return teller.tell(line, K.TUNNEL_UP)
    details: Details = {"reason": down["reason"].strip(" -:.,").lower()}
    return teller.tell(line, K.TUNNEL_DOWN, details=details)
