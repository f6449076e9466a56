"""`python -m bothup` and the console script: the command line."""

import gc
import os
import sys
import threading

_INTERRUPTED = 130

# Objects made before garbage is looked for among them. Python's own 700 has it look at what the
# imports have made dozens of times, which takes longer than a small scan.
_MANY = 150_000


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(_MANY)
    try:
        from bothup.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the command line was there to deal with it
        code = _INTERRUPTED
    if code == _INTERRUPTED and threading.active_count() > 1:
        _leave(code)
    # The process is over, and with it all that it holds: nothing to be looked for there either.
    gc.freeze()
    sys.exit(code)


def _leave(code: int) -> None:
    """End without waiting for a thread whose call to AWS hangs; all is written by now."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
