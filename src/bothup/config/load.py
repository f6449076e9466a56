"""The file and the environment together: what a run is told before its flags."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from bothup.config import environment, file
from bothup.config.layers import Layer, over
from bothup.model.mute_rule import MuteRule


class Loaded(msgspec.Struct, frozen=True):
    """What the file (None where there is none) and the environment set."""

    path: Path | None
    layer: Layer

    @property
    def mutes(self) -> tuple[MuteRule, ...]:
        """The file's mutes, in their order."""
        rules: tuple[MuteRule, ...] = self.layer["mutes"].value if "mutes" in self.layer else ()
        return rules

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """The file's parameters of controls, by control and name."""
        chosen = self.layer.get("parameters")
        return chosen.value if chosen else {}


def load(named: str | None, environ: Mapping[str, str], here: Path) -> Loaded:
    """Read the file that is named, by a flag or by BOTHUP_CONFIG, or else the nearest one.

    Raises InputError for a file that cannot be read or says what makes no sense, UsageError for
    such a variable.
    """
    named = named or environ.get(environment.FILE)
    path = here / named if named else file.find(environ, here)
    settings = file.read(path) if path else {}
    return Loaded(path, over(environment.read(environ), settings))
