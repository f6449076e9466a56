"""Pace: how long to wait for what, in seconds."""

import msgspec

_POLL, _LEAST_POLL = 15.0, 0.1
# How long telemetry may lag behind, in settle times; AWS does not say.
_STALE = 1.5


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Waits, all of them seconds.

    `settle` is how long a tunnel must have stayed UP before its sibling is touched. `poll` is how
    often AWS is asked. A change is given `available_within` to be carried out by AWS (Terraform's
    provider gives it 30 minutes, too), the tunnel `up_within` to come back then. A call without an
    answer is looked for for `grace`, and made again as a whole at most `attempts` times. A guard
    takes no observation that is older than `fresh`. For `stale` after a change, AWS may tell of the
    tunnel how it was before. A lock whose holder gives no sign for `lease`
    may be taken over.
    """

    settle: float = 120
    poll: float = _POLL
    available_within: float = 1800
    up_within: float = 600
    grace: float = 120
    attempts: int = 3
    fresh: float = 10
    stale: float = 180
    lease: float = 300

    @classmethod
    def settling(cls, settle: float, up_within: float) -> "Pace":
        """Make the pace of a settle time: a shorter one is looked at more often."""
        poll = max(_LEAST_POLL, min(_POLL, settle / 8))
        return cls(settle=settle, poll=poll, up_within=up_within, stale=_STALE * settle)
