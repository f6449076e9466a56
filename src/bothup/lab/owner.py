"""Owner: the process that a laboratory belongs to, so that nothing outlives it.

Every namespace and folder carries its owner's name. What a dead process left is swept by the next
one that starts, and by a keeper that waits for the owner's death.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bothup.lab.command import CommandFailed, run

PREFIX = "bothup-lab"
ROOT = Path("/run") / PREFIX
_NAMESPACES = Path("/run/netns")


def this_process() -> str:
    """The name of this process: its id and when it began, as ids are used again."""
    return f"{os.getpid()}.{_began(os.getpid())}"


def namespaces(owner: str = "") -> list[str]:
    """The laboratories' network namespaces, of one owner or of all."""
    if not _NAMESPACES.is_dir():
        return []
    wanted = f"{PREFIX}-{owner}-" if owner else f"{PREFIX}-"
    return sorted(each.name for each in _NAMESPACES.iterdir() if each.name.startswith(wanted))


def folders(owner: str = "") -> list[Path]:
    """The laboratories' folders, of one owner or of all."""
    found = sorted(ROOT.iterdir()) if ROOT.is_dir() else []
    return [each for each in found if not owner or each.name.startswith(f"{owner}-")]


def sweep(owner: str) -> None:
    """End every daemon of `owner`, and remove its namespaces and folders."""
    found = namespaces(owner)
    for name in found:
        remove_namespace(name)
    for folder in folders(owner):
        shutil.rmtree(folder, ignore_errors=True)


def sweep_the_dead() -> None:
    """Sweep what processes left that are no more."""
    owners = {name.removeprefix(f"{PREFIX}-").split("-")[0] for name in namespaces()}
    owners |= {folder.name.split("-")[0] for folder in folders()}
    for owner in owners:
        if not _lives(owner):
            sweep(owner)


def remove_namespace(name: str) -> None:
    """End what runs in a namespace, wait for it, and remove the namespace."""
    deadline = time.monotonic() + 5
    with contextlib.suppress(CommandFailed):
        while pids := run("ip", "netns", "pids", name).split():
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
        run("ip", "netns", "del", name)


@contextlib.contextmanager
def keeper(owner: str) -> Iterator[None]:
    """Have another process sweep up if this one is killed: it notices that its input ends."""
    script = 'read -r said && [ "$said" = done ] || exec "$0" -m bothup.lab.owner "$1"'
    waiting = subprocess.Popen(
        ["/bin/sh", "-c", script, sys.executable, owner],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        waiting.communicate(b"done\n", timeout=60)


def _began(pid: int) -> str:
    """When a process began, in the kernel's ticks; "" where it is no more."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return ""
    return told.rpartition(")")[2].split()[19]


def _lives(owner: str) -> bool:
    pid, _, began = owner.partition(".")
    return pid.isdigit() and _began(int(pid)) == began != ""


if __name__ == "__main__":
    sweep(sys.argv[1])
