"""Commands of this machine, run to their end."""

import subprocess

from bothup.errors import BothupError

# No command takes a second, but the machine may be busy.
_PATIENCE = 180


class CommandFailed(BothupError):
    """A command of the system that the laboratory needs did not do its work."""


def run(*arguments: str, text: str = "", env: dict[str, str] | None = None) -> str:
    """What the command prints; `text` is its input. Raises CommandFailed."""
    try:
        done = subprocess.run(
            arguments,
            input=text,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandFailed(f"{' '.join(arguments)}: {error}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise CommandFailed(f"{' '.join(arguments)}: {said or f'exit code {done.returncode}'}")
    return done.stdout
