"""BGP in the words of IOS, which FortiOS and ASA use as well.

Codes are those of RFC 4271, section 4.5: 4 is the hold timer, 2/2 the wrong AS, 6 an order to
cease. The neighbour is an inside address.
"""

import re

from bothup.model.event import Details, EventKind, Phase
from bothup.read.logs._messages import Found, Message

K = EventKind
_IP = r"(?P<neighbor>[0-9a-fA-F.:]*[0-9a-fA-F])"
_WAY = r"(?P<way>sent to|sending to|received from) (?:neighbor )?"
_COUNT = r"(?P<prefixes>\d{1,9})"

BGP = (
    Message(
        "NOTIFICATION",
        rf"{_WAY}{_IP}\b.*? (?P<code>4)/(?P<subcode>\d{{1,3}})\b",
        K.BGP_HOLD_TIMER_EXPIRED,
        Phase.BGP,
    ),
    Message(
        "NOTIFICATION",
        rf"{_WAY}{_IP}\b.*? (?P<code>2)/(?P<subcode>2)\b",
        K.BGP_BAD_PEER_AS,
        Phase.BGP,
    ),
    Message(
        "NOTIFICATION",
        rf"{_WAY}{_IP}\b.*? (?P<code>\d)/(?P<subcode>\d{{1,3}})\b",
        K.BGP_NOTIFICATION,
        Phase.BGP,
    ),
    Message(
        "eighbor ",
        rf"neighbor {_IP}\b(?: passive| active)?(?: vpn vrf \S+)? Up\b",
        K.BGP_STATE,
        Phase.BGP,
        state_to="established",
    ),
    Message(
        "eighbor ",
        rf"neighbor {_IP}\b(?: passive| active)?(?: vpn vrf \S+)? Down\b *(?P<reason>[\w /-]*)",
        K.BGP_STATE,
        Phase.BGP,
        state_from="established",
        state_to="idle",
    ),
    Message(
        "prefix",
        rf"prefix\w* received from {_IP}\b.*?\breaches {_COUNT}, max (?P<limit>\d{{1,9}})",
        K.BGP_PREFIX_WARNING,
        Phase.BGP,
    ),
    Message(
        "prefix",
        rf"prefix\w* received from {_IP}\b.*?: {_COUNT} exceeds? limit (?P<limit>\d{{1,9}})",
        K.BGP_PREFIX_LIMIT,
        Phase.BGP,
    ),
)
_BYTES = re.compile(r"\d+ bytes.*")


def bgp_reason(found: Found) -> Details:
    """Give the reason of a session's end as one lower-case phrase, if it tells one."""
    reason = found[1].groupdict().get("reason") or ""
    reason = _BYTES.sub("", reason).strip().lower()
    return {"reason": reason} if reason else {}
