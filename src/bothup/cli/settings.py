"""Settings beneath the flags: what the environment and the configuration file say.

A verb that takes a `Configuration` has its other flags filled in from there, wherever the command
line leaves them out; `fill` is the hook in which cyclopts asks for that.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Argument, ArgumentCollection, Parameter, Token

from bothup.config.layers import Chosen, Layer, Origin, over
from bothup.config.load import Loaded, load
from bothup.config.settings import FIELDS
from bothup.errors import InputError, UsageError, WrongParameter
from bothup.model.mute_rule import MuteRule

if TYPE_CHECKING:
    from bothup.engine.controls import Rule

# Where a flag is not called as its setting is.
_FLAGS = {"regions": "--region", "controls": "--control"}
_TOLD = 5
# With --input, these verbs ask AWS nothing.
_FILES_ONLY = frozenset({"scan", "baseline"})
_OF_AWS = FIELDS.keys() - {"controls", "fail-on", "output", "mutes"}
# Verbs whose documents have forms of their own.
_OTHER_FORMS = frozenset({"diagnose", "findings", "plan"})


@Parameter(name="*")
@dataclass(frozen=True)
class Configuration:
    """Which configuration file is read."""

    config: Annotated[
        str | None,
        Parameter(
            help="Configuration file. The default is ./bothup.toml, else [tool.bothup] in "
            "./pyproject.toml, else ~/.config/bothup/config.toml.",
            show_default=False,
        ),
    ] = None

    def load(self) -> Loaded:
        """Read the file and the environment; raises InputError or UsageError."""
        return load(self.config, os.environ, Path())

    def mutes(self) -> tuple[MuteRule, ...]:
        """Read the file's mutes; raises InputError or UsageError."""
        return self.load().mutes

    def select(self, wanted: Iterable[str]) -> tuple["Rule", ...]:
        """Load the controls that are asked for, with the parameters that the file sets.

        Raises InputError, with the place, for parameters that cannot be; UsageError for names.
        """
        from bothup.config.file import place_of
        from bothup.engine.controls import select

        loaded = self.load()
        try:
            return select(wanted, loaded.parameters)
        except WrongParameter as wrong:
            assert loaded.path is not None
            key = ("parameters", wrong.control, *([wrong.name] if wrong.name else ()))
            place = place_of(loaded.path, key)
            raise InputError(str(loaded.path), place, wrong.problem, wrong.expected) from None


def fill(_app: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
    """Set each flag that the command line leaves out to what the settings say of it.

    `output` is what a scan writes; the other verbs' documents have forms of their own. Raises
    InputError or UsageError for settings that make no sense.
    """
    flags = {name: each for each in arguments if each.parse for name in each.names}
    if "--config" not in flags:
        return
    loaded = Configuration(_said(flags["--config"])).load()
    given = _given(flags)
    for key, chosen in over(given, loaded.layer).items():
        argument = flags.get(flag(key))
        if key == "output" and not _OTHER_FORMS.isdisjoint(commands):
            continue
        if argument and key not in given and not _for_aws(key, flags, commands):
            _check(key, chosen)
            for token in _tokens(argument, key, chosen):
                argument.append(token)


def idle(rules: Sequence[MuteRule]) -> Iterator[str]:
    """Tell of the mutes that nothing fitted: of the first few, and how many more there are."""
    for rule in rules[:_TOLD]:
        yield f"{rule.where}: this mute fits nothing that was read ({rule.reason})"
    if len(rules) > _TOLD:
        yield f"{len(rules) - _TOLD} more mutes fit nothing that was read"


def flag(key: str) -> str:
    """Name the flag that sets what the setting sets."""
    return _FLAGS.get(key, f"--{key}")


def as_flag(key: str, value: Any) -> Any:
    """Give a setting's value as its flag takes it: accounts are ids with commas, or a file."""
    return ",".join(value) if key == "accounts" and not isinstance(value, str) else value


def _given(flags: Mapping[str, Argument]) -> Layer:
    """What the command line sets; --account names accounts just as --accounts does."""
    layer = {
        key: Chosen(True, Origin("flag", flag(key)))
        for key in FIELDS
        if flag(key) in flags and flags[flag(key)].tokens
    }
    if "--account" in flags and flags["--account"].tokens:
        layer["accounts"] = Chosen(True, Origin("flag", "--account"))
    return layer


def _for_aws(key: str, flags: Mapping[str, Argument], commands: Sequence[str]) -> bool:
    """Whether the setting says how to read AWS, of which --input is instead.

    Where AWS is asked all the same, --region labels the input.
    """
    if "--input" not in flags or not flags["--input"].tokens:
        return False
    reads_files_only = not _FILES_ONLY.isdisjoint(commands)
    return key == "regions" or (reads_files_only and key in _OF_AWS)


def _said(argument: Argument) -> str | None:
    return argument.tokens[-1].value if argument.tokens else None


def _check(key: str, chosen: Chosen) -> None:
    """Refuse names that there are none of while it is still known who said them."""
    # Imported here because the hook is there before any verb is, and for --help too.
    from bothup.cli.output import parse
    from bothup.engine.controls import select

    checks: dict[str, Callable[[Any], object]] = {"output": parse, "controls": select}
    if key in checks:
        try:
            checks[key](chosen.value)
        except UsageError as error:
            raise UsageError(f"{chosen.origin.name}: {error}") from None


def _tokens(argument: Argument, key: str, chosen: Chosen) -> list[Token]:
    """Write a value as if it stood on the command line; an error tells where it does stand."""
    value, where = as_flag(key, chosen.value), chosen.origin.name
    if value is True:
        return [Token(keyword=key, implicit_value=True, source=where)]
    if not isinstance(value, tuple):
        return [Token(keyword=key, value=str(value), source=where)] if value is not False else []
    # A flag that takes one value only is another one that happens to have the name: -o FILE.
    _, repeatable = argument.token_count()
    return [
        Token(keyword=key, value=each, index=index, source=where)
        for index, each in enumerate(value if repeatable else ())
    ]
