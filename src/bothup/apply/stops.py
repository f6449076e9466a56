"""Why changing stops: a connection on its own, or the whole run."""

import enum

from bothup.errors import BothupError


class Why(enum.StrEnum):
    """The kinds of reasons for which a connection is not changed any further."""

    GUARD = "guard"
    DRIFT = "drift"
    LOCKED = "locked"
    WINDOW = "window"
    NOT_BACK = "not_back"
    NEEDS = "needs"
    AWS = "aws"


class Stopped(BothupError):
    """One connection, or one other resource, is left as it is; the others go on."""

    exit_code = 5

    def __init__(self, why: Why, message: str) -> None:
        self.why = why
        super().__init__(message)


class NotPermitted(BothupError):
    """A dry run was denied: nothing was changed anywhere."""

    exit_code = 5


class Interrupted(BothupError):
    """Somebody asked to stop; what was begun is in the journal."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("interrupted; what was begun is journaled")
