"""`python -m bothup` and the console script: the command line."""

import gc
import sys

# Objects made before garbage is looked for among them. Python's own 700 has it look at what the
# imports have made dozens of times, which takes longer than a small scan.
_MANY = 50_000


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(_MANY)
    try:
        from bothup.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the command line was there to deal with it
        code = 130
    # The process is over, and with it all that it holds: nothing to be looked for there either.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
