"""The configuration file: bothup.toml, or the table [tool.bothup] of pyproject.toml."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bothup.config.complaints import Complaint, unknown_key, written, wrong_value
from bothup.config.layers import Chosen, Layer, Origin
from bothup.config.lines import Lines, Step, line_of, lines
from bothup.config.settings import FIELDS, Settings
from bothup.errors import InputError

_TABLE = ("tool", "bothup")


def find(environ: Mapping[str, str], here: Path) -> Path | None:
    """Find the nearest configuration file; None where there is none.

    ./bothup.toml comes first, then ./pyproject.toml if it has a table [tool.bothup], then
    bothup/config.toml in $XDG_CONFIG_HOME or ~/.config. Only one file is ever read.
    """
    for path in (here / "bothup.toml", here / "pyproject.toml", *_of_user(environ)):
        if path.is_file() and (path.name != "pyproject.toml" or _configures(path)):
            return path
    return None


def _of_user(environ: Mapping[str, str]) -> Iterator[Path]:
    if folder := environ.get("XDG_CONFIG_HOME"):
        yield Path(folder, "bothup", "config.toml")
    elif home := environ.get("HOME"):
        yield Path(home, ".config", "bothup", "config.toml")


def _configures(path: Path) -> bool:
    """Whether a pyproject.toml concerns us; another project's is none of our business."""
    text = _text(path)
    return "bothup" in text and _table(path, text) is not None


def read(path: Path) -> Layer:
    """Read the file's settings; each remembers the file and its key.

    Raises InputError, with the line, for what is not TOML, for a key that does not exist and for a
    value that does not fit.
    """
    text = _text(path)
    place = functools.partial(_place, lines(text), _inside(path))
    table = _table(path, text) or {}
    if complaint := unknown_key(table):
        raise _error(path, place, complaint)
    try:
        settings = msgspec.convert(table, Settings)
    except msgspec.ValidationError as error:
        raise _error(path, place, wrong_value(error)) from None
    values = {key: getattr(settings, FIELDS[key].name) for key in table}
    if isinstance(values.get("accounts"), str):
        values["accounts"] = str(path.parent / values["accounts"])
    if "mutes" in values:
        values["mutes"] = tuple(
            msgspec.structs.replace(rule, where=f"{path}, {place(('mutes', index))}")
            for index, rule in enumerate(settings.mutes)
        )
    return {key: Chosen(value, Origin("file", f"{path}: {key}")) for key, value in values.items()}


def place_of(path: Path, key: Sequence[Step]) -> str:
    """Say where a file sets a key, with the line: "line 3, fail-on"; raises InputError."""
    return _place(lines(_text(path)), _inside(path), key)


def _inside(path: Path) -> Sequence[Step]:
    return _TABLE if path.name == "pyproject.toml" else ()


def _place(found: Lines, inside: Sequence[Step], path: Sequence[Step]) -> str:
    line = line_of(found, (*inside, *path))
    return written(path) if line is None else f"line {line}, {written(path)}"


def _error(path: Path, place: Callable[[Sequence[Step]], str], wrong: Complaint) -> InputError:
    return InputError(str(path), place(wrong.path), wrong.problem, wrong.expected)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(str(path), "", error.strerror or "cannot be read") from None
    except UnicodeDecodeError as error:
        raise InputError(str(path), f"byte {error.start + 1}", "not UTF-8") from None


def _table(path: Path, text: str) -> dict[str, Any] | None:
    """The table with our settings; None where a pyproject.toml has none."""
    document = _document(path, text)
    if path.name != "pyproject.toml":
        return document
    for name in _TABLE:
        document = document.get(name, {})
        if not isinstance(document, dict):
            raise InputError(str(path), name, "is not a table", "[tool.bothup]")
    return document or None


@functools.lru_cache(maxsize=2)
def _document(path: Path, text: str) -> dict[str, Any]:
    """Parse the file's text, once for all that want something of it."""
    import tomllib  # many runs have no file

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, _, place = str(error).partition(" (at ")
        raise InputError(str(path), place.rstrip(")"), f"not TOML: {problem}") from None
