"""What AWS's activity log says of each event of its daemon.

The messages are those of "Contents of Site-to-Site VPN logs" in the AWS Site-to-Site VPN user
guide; which of the daemon's lines stands for which of them follows from their wording, and was
never compared with a real endpoint. What has no row has no message at AWS either.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Literal

from bothup.sim.evidence.activity import DOWN, REKEYING, TRYING, UP, Line

# The daemon's words, and AWS's; {cgw} is the device's address.
MESSAGES: tuple[tuple[str, str], ...] = (
    (
        r"tried \d+ shared keys? for .* but MAC mismatched",
        "AWS tunnel detected a pre-shared key mismatch with cgw: {cgw}",
    ),
    (
        r"no shared key found for '",
        "AWS tunnel detected a pre-shared key mismatch with cgw: {cgw}",
    ),
    (
        r"generating IKE_AUTH response \d+ \[.* N\(AUTH_FAILED\)",
        "AWS tunnel is sending AUTHENTICATION_FAILED as the response",
    ),
    (
        r"generating INFORMATIONAL request \d+ \[.* N\(AUTH_FAILED\)",
        "AWS tunnel is sending AUTHENTICATION_FAILED as the response",
    ),
    (
        r"could not decrypt payloads|invalid (?:ID_V1|HASH_V1) payload length",
        "AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key",
    ),
    (
        (
            r"received proposals unacceptable|no IKE config found for .* sending NO_PROPOSAL|"
            r"no matching proposal found, sending NO_PROPOSAL_CHOSEN"
        ),
        'No Proposal Match Found. Notifying with "No proposal chosen"',
    ),
    # With IKEv1 this is phase 1's message, and the one before it phase 2's.
    (r"no acceptable proposal found|no proposal found", "No Proposal Match Found by AWS"),
    (
        r"received TS_UNACCEPTABLE notify",
        "AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder",
    ),
    (
        r"failed to establish CHILD_SA, keeping IKE_SA|notify, no CHILD_SA built",
        "AWS tunnel Phase 2 was unable to establish while keeping Phase 1",
    ),
    (
        r"deleting half open IKE_SA|establishing IKE_SA failed, peer not responding",
        "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: {cgw}",
    ),
    (r"received DELETE for IKE_SA", "AWS tunnel received DELETE for IKE_SA from CGW"),
    (
        r"received DELETE for (?:ESP |UDP-ENCAP )?CHILD_SA.* with SPI (?P<spi>\w+)",
        "AWS tunnel received DELETE for Phase 2 SA with SPI: {spi}",
    ),
    (
        r"DPD check timed out, enforcing DPD action",
        "Peer is not responsive - Declaring peer dead",
    ),
    (
        r"detected CHILD_REKEY collision with CHILD_DELETE",
        "AWS tunnel detected a (CHILD_REKEY) collision as CHILD_DELETE",
    ),
    (
        r"detected CHILD_REKEY collision with CHILD_REKEY",
        "AWS tunnel (CHILD_SA) redundant SA is being deleted due to detected collision",
    ),
    (
        r"parsed CREATE_CHILD_SA request (?P<id>\d+)",
        "AWS tunnel processed request (id={id}) for CREATE_CHILD_SA",
    ),
    (
        r"generating CREATE_CHILD_SA response (?P<id>\d+)",
        "AWS tunnel is sending response (id={id}) for CREATE_CHILD_SA",
    ),
    (
        r"generating CREATE_CHILD_SA request (?P<id>\d+)",
        "AWS tunnel is sending request (id={id}) for CREATE_CHILD_SA",
    ),
    (
        r"parsed CREATE_CHILD_SA response (?P<id>\d+)",
        "AWS tunnel processed response (id={id}) for CREATE_CHILD_SA",
    ),
)
# A request that is given up is a dead peer where the IKE SA stood.
_GIVEN_UP = re.compile(r"giving up after (?P<count>\d+) retransmits")
_DEAD = "AWS tunnel DPD timed out after {count} retransmits"

_MESSAGES = tuple((re.compile(words), message) for words, message in MESSAGES)
_LINE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT[\d:]+\.\d+) \d\d\[\w+\] "
    r"(?:<(?:[^|>]*\|)?(?P<ike>\d+)> )?(?P<text>.*)"
)
_Kind = Literal["began", "established", "gone", "child", "rekeying", "no-child"]
_STATES: tuple[tuple[re.Pattern[str], _Kind], ...] = (
    (re.compile(r"is initiating a|initiating (?:Main Mode )?IKE_SA"), "began"),
    (re.compile(r"IKE_SA \S+\[(?P<own>\d+)\] (?:established|rekeyed) between"), "established"),
    (re.compile(r"CHILD_SA \S+\{(?P<own>\d+)\} established"), "child"),
    (re.compile(r"(?:parsed|generating) CREATE_CHILD_SA request .*REKEY_SA"), "rekeying"),
    (re.compile(r"closing (?:expired )?CHILD_SA \S+\{(?P<own>\d+)\}"), "no-child"),
    (re.compile(r"IKE_SA deleted|giving up after|deleting half open|destroying IKE_SA|"
                r"destroying duplicate IKE_SA|establishing IKE_SA failed|AUTH_FAILED"), "gone"),
)  # fmt: skip


class ActivityReader:
    """Reads a daemon's log as it grows; it keeps in mind how the phases stand."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._trying: set[str] = set()
        self._standing: set[str] = set()
        self._children: dict[str, str] = {}
        self._rekeying = False

    def read(self, lines: Iterable[str]) -> Iterator[Line]:
        """What AWS's log says of these lines."""
        for line in lines:
            found = _LINE.match(line)
            if found is None:
                continue
            ike, text = found["ike"] or "", found["text"]
            self._enter(ike, text)
            time = datetime.fromisoformat(found["time"]).replace(tzinfo=UTC)
            for details in self._said(ike, text):
                phase1, phase2 = self._phases()
                yield Line(time=time, phase1=phase1, phase2=phase2, details=details)
            self._leave(ike, text)

    def fell(self) -> None:
        """Forget all SAs: the daemon was ended."""
        self._trying.clear()
        self._standing.clear()
        self._children.clear()

    def _said(self, ike: str, text: str) -> Iterator[str]:
        if (found := _GIVEN_UP.search(text)) and ike in self._standing:
            yield _DEAD.format(count=found["count"])
            return
        for search, message in _MESSAGES:
            if found := search.search(text):
                yield message.format(cgw=self._device, **found.groupdict())
                return

    def _enter(self, ike: str, text: str) -> None:
        """What begins with a line counts for its own message, too."""
        for search, kind in _STATES:
            if found := search.search(text):
                if kind == "began":
                    self._trying.add(ike)
                elif kind == "established":
                    self._trying.discard(ike)
                    self._standing.add(found["own"])
                elif kind == "child":
                    self._children[found["own"]] = ike
                    self._rekeying = False
                elif kind == "rekeying":
                    self._rekeying = True

    def _leave(self, ike: str, text: str) -> None:
        """What ends with a line does so after its message."""
        for search, kind in _STATES:
            if found := search.search(text):
                if kind == "no-child":
                    self._children.pop(found["own"], None)
                elif kind == "gone":
                    self._trying.discard(ike)
                    self._standing.discard(ike)
                    self._children = {
                        one: owner for one, owner in self._children.items() if owner != ike
                    }

    def _phases(self) -> tuple[str, str]:
        phase1 = UP if self._standing else TRYING if self._trying else DOWN
        phase2 = DOWN
        if self._children:
            phase2 = REKEYING if self._rekeying else UP
        return phase1, phase2
