"""`bothup completion`: a script that completes commands and flags in a shell."""

from typing import Literal

from bothup.cli.stdout import say


def completion(shell: Literal["bash", "zsh", "fish"], /) -> int:
    """Print a script that makes a shell complete verbs and flags.

    For bash: bothup completion bash > ~/.local/share/bash-completion/completions/bothup

    Parameters
    ----------
    shell
        The shell to complete in: bash, zsh or fish.
    """
    from bothup.cli.app import app

    say([app().generate_completion(prog_name="bothup", shell=shell)])
    return 0
