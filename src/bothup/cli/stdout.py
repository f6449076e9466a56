"""Writing to stdout, which may have gone: a reader who has seen enough, a disk that is full."""

import os
import sys
from collections.abc import Iterable

from bothup.errors import UsageError


def say(pieces: Iterable[str]) -> None:
    """Write to stdout, with what is waiting to be written there.

    A reader who has gone (`| head`) has seen what they wanted; raises UsageError for anything else.
    """
    try:
        sys.stdout.writelines(pieces)
        sys.stdout.flush()
    except BrokenPipeError:
        let_go()
    except OSError as error:
        let_go()
        raise UsageError(f"cannot write to stdout: {error.strerror}") from None


def let_go() -> None:
    """Send what is still to be written nowhere: Python tries once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
