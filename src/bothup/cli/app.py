"""The verbs, and the boundary at which every error becomes a line and an exit code."""

import errno
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cyclopts import App, ArgumentCollection, CycloptsError

from bothup import __version__
from bothup.cli import exits
from bothup.cli.stdout import let_go, say
from bothup.errors import BothupError

_OUTPUT_IS_GONE = frozenset({errno.ENOSPC, errno.EIO, errno.EPIPE, errno.EBADF})
# A verb's module is imported when the verb is called: `--help` must not pay for the SDK.
_VERBS = {
    "scan": "Find the tunnels that are down, in every Region or in a file.",
    "diagnose": "Say why tunnels are down, from evidence, and what to do about it.",
    "collect": "Write the evidence on a connection to a file, without any secret.",
    "plan": "Plan what would cure or harden, with the risk of each step.",
    "apply": "Carry a plan out, one tunnel of a connection at a time.",
    "undo": "Restore what a plan changed.",
    "alarms": "Check, make and try the alarms that page somebody when a tunnel drops.",
    "keepalive": "Keep idle tunnels up with traffic, from AWS or from a host.",
    "history": "Show what was done, and when.",
    "findings": "Bring findings to Security Hub, and compare its own with what is seen live.",
    "controls": "List the controls: groups, severities, parameters, what they read.",
    "explain": "Show a control's page: what it checks, why, how to fix it; or the script.",
    "baseline": "Write today's failures as mutes, so that only new ones fail a scan.",
    "iam": "Print the least-privilege policy for a verb, and the role to deploy.",
    "config": "Show the settings, and where each of them was said.",
    "sim": "Run the simulated AWS.",
    "lab": "Break real IPsec tunnels, and see them named and cured.",
    "completion": "Print a script that completes verbs and flags in a shell.",
    "demo": "Scan a simulated organisation: no AWS account needed.",
}
# Verbs that have verbs of their own, and say themselves how their help looks.
_OF_SEVERAL = frozenset({"alarms", "config", "findings", "history", "keepalive", "lab", "sim"})


def app(arguments: Sequence[str] = ()) -> App:
    """Build the command line; nothing of it is imported yet but the names.

    `arguments` may tell that it is built for one verb, which saves an import.
    """
    one_verb = bool(arguments) and arguments[0] in _VERBS
    root = App(
        name="bothup",
        help="Keep both tunnels of every AWS Site-to-Site VPN connection up.",
        version=__version__,
        help_format="plaintext",
        help_formatter=None if one_verb else "plain",
        result_action="return_value",
        suppress_keyboard_interrupt=False,
        config=_settings,
    )
    for place, (verb, text) in enumerate(_VERBS.items()):
        # The list of verbs is plain text, which costs half the time; their own help is drawn.
        look = {} if one_verb or verb in _OF_SEVERAL else {"help_formatter": "default"}
        root.command(f"bothup.cli.{verb}:{verb}", name=verb, help=text, sort_key=place, **look)
    return root


def _settings(root: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
    """Fill in what the command line leaves out; a verb that takes no settings pays for none."""
    if any("--config" in each.names for each in arguments):
        from bothup.cli.settings import fill

        fill(root, commands, arguments)


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code; nothing is raised."""
    _prepare_streams()
    try:
        code = app(arguments)(arguments, exit_on_error=False)
        say(())  # what the library has printed, as --help
    except CycloptsError:
        return exits.USAGE  # cyclopts has printed what is wrong
    except BothupError as error:
        print(f"bothup: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("bothup: interrupted", file=sys.stderr)
        return exits.INTERRUPTED
    except OSError as error:
        if error.errno not in _OUTPUT_IS_GONE:
            return _internal(error)
        let_go()
        print(f"bothup: cannot write to stdout: {error.strerror}", file=sys.stderr)
        return exits.USAGE
    except Exception as error:  # noqa: BLE001 - the boundary of the command line
        return _internal(error)
    return code if isinstance(code, int) else exits.OK


def _prepare_streams() -> None:
    """Give closed streams somewhere to go, and let no character that a name holds stop a report."""
    sys.stdin = sys.stdin or Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - till the end
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            plain = not stream.isatty() and "PYTHONIOENCODING" not in os.environ
            stream.reconfigure(encoding="utf-8" if plain else stream.encoding, errors="replace")


def _internal(error: Exception) -> int:
    """Report an error of our own; its text may quote what was read, so --debug alone shows it."""
    from bothup.cli.logs import debugging

    if debugging():
        import traceback

        traceback.print_exception(error)
    kind = type(error).__name__
    print(
        f"bothup: internal error ({kind}); please report it (--debug shows where)", file=sys.stderr
    )
    return exits.INTERNAL
