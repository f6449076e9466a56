"""`python -m bothup` and the console script: the command line."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        from bothup.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the command line was there to deal with it
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
