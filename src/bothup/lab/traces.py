"""What is kept of a laboratory whose fault did not hold: what its daemons and bothup said."""

import shutil
from pathlib import Path

import msgspec

from bothup.lab.lab import Lab
from bothup.lab.outcome import Outcome

# Configurations and journals hold the keys, and are no traces.
_KEPT = ("*/*.log", "*/bird.conf", "*.json")


def keep(lab: Lab, outcome: Outcome, folder: Path) -> None:
    """Copy the logs, the diagnoses and what the watches saw into `folder`; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "outcome.json").write_bytes(msgspec.json.format(msgspec.json.encode(outcome)))
    for pattern in _KEPT:
        for source in lab.folder.glob(pattern):
            target = folder / source.relative_to(lab.folder)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
    for endpoint in lab.endpoints:
        told = "".join(f"{each}\n" for each in endpoint.watch.events())
        (folder / endpoint.charon.node / "watch.log").write_text(told)
