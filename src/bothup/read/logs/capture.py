"""A packet capture as text: tcpdump's lines, or tshark's.

Of a capture on the device's outside interface the ICMP messages matter most: they name who rejects
the packets, which no log does. Inside the tunnel it is whether TCP 179 gets its answer.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.event import Details, Direction, Event, EventKind, Phase
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._tell import Teller

VENDOR = "tcpdump"
ALIASES = ("tshark", "wireshark", "capture", "packet capture", "pcap")

K = EventKind
_IP = r"\d{1,3}(?:\.\d{1,3}){3}"
_SURE = re.compile(
    rf"\bIP6? .* > .*: |{_IP} (?:→ )?{_IP} (?:TCP|UDP|ICMP|ISAKMP|ESP) \d+ |\bisakmp: "
)
_ICMP = re.compile(
    r"ICMP .*?(?P<what>(?:udp port \d+|host \S+|net \S+|protocol \d+) unreachable"
    r"(?: - (?P<why>[\w ]+?))?)(?:,|$)|Destination unreachable \((?P<told>[\w ]+)\)"
)
_TOO_LONG = re.compile(r"need to frag|[Ff]ragmentation needed")
_ASKED = re.compile(r"\.179: Flags \[S\]|→ 179 \[SYN\]")
_GRANTED = re.compile(r"\.179 > .*Flags \[S\.\]|\b179 → \d+ \[SYN, ACK\]")
_DENIED = re.compile(r"\.179 > .*Flags \[R\.?\]|\b179 → \d+ \[RST")


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is a capture's."""
    return sum(bool(_SURE.search(line)) for line in lines) / len(lines) if lines else 0.0


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield what the packets show."""
    teller = Teller(context)
    for line in lines:
        text = line[1]
        if _TOO_LONG.search(text):
            yield teller.tell(line, K.PACKET_TOO_LONG)
        elif found := _ICMP.search(text):
            details: Details = {"reason": _reason(found)}
            yield teller.tell(line, K.ICMP_REJECT, details=details)
        elif "179" in text:
            yield from _bgp(teller, line, text)


def _reason(found: re.Match[str]) -> str:
    words = found["told"] or found["why"] or found["what"].rpartition(" ")[0]
    return (
        re.sub(r"[\d.]+", "", words).strip().lower().replace(" ", "-").strip("-") or "unreachable"
    )


def _bgp(teller: Teller, line: Line, text: str) -> Iterator[Event]:
    if _ASKED.search(text):
        yield teller.tell(line, K.BGP_CONNECTING, phase=Phase.BGP, direction=Direction.SENT)
    elif _GRANTED.search(text):
        connected: Details = {"state_to": "opensent"}
        yield teller.tell(line, K.BGP_STATE, phase=Phase.BGP, details=connected)
    elif _DENIED.search(text):
        refused: Details = {"reason": "connection-refused"}
        yield teller.tell(line, K.BGP_CONNECT_FAILED, phase=Phase.BGP, details=refused)
