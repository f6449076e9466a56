"""YAML, as `aws … --output yaml` writes it, to the same pieces as JSON.

The values are built from PyYAML's events, not by its constructors, for three reasons. They read
YAML 1.1, in which an unquoted 12:30 is 750 and no is false, while the AWS CLI writes YAML 1.2.
They follow aliases, by which a few lines can stand for more than any memory holds. And they end
the whole process where a text is nested deeply.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import yaml

from bothup.read.fields import writable
from bothup.read.json_text import Piece

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_DEEPEST = 100


class BadYaml(Exception):
    """The text is no YAML, or none that stands for JSON; line and column count from 1."""

    def __init__(self, problem: str, mark: Any) -> None:
        self.where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        self.problem = problem
        super().__init__(problem)


def yaml_pieces(text: str) -> list[Piece]:
    """Read every document of a YAML text; raises BadYaml, which quotes nothing of it."""
    try:
        return list(_documents(yaml.parse(text, Loader=_Loader)))
    except yaml.MarkedYAMLError as error:
        raise BadYaml("neither JSON nor YAML", error.problem_mark) from None
    except (yaml.YAMLError, ValueError):
        raise BadYaml(
            "neither JSON nor YAML: control characters or impossible ones", None
        ) from None


def _documents(events: Iterable[yaml.Event]) -> Iterator[Piece]:
    """Build values without recursion: `open_parts` are the parts begun and not yet ended."""
    open_parts: list[list[object]] = [[]]
    for event in events:
        match event:
            case yaml.DocumentStartEvent():
                begin: Any = event.start_mark
            case yaml.DocumentEndEvent():
                yield _piece(open_parts[0].pop(), begin)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                _check_tag(event)
                open_parts.append([])
                if len(open_parts) > _DEEPEST:
                    raise BadYaml("nested too deeply", event.start_mark)
            case yaml.SequenceEndEvent():
                ended: object = open_parts.pop()
                open_parts[-1].append(ended)
            case yaml.MappingEndEvent():
                ended = _object(open_parts.pop(), event)
                open_parts[-1].append(ended)
            case yaml.ScalarEvent():
                _check_tag(event)
                open_parts[-1].append(_scalar(event))
            case yaml.AliasEvent():
                raise BadYaml("a YAML alias, which the AWS CLI never writes", event.start_mark)


def _piece(value: object, begin: Any) -> Piece:
    """Make a piece of a document; a lone text is what any prose is to YAML."""
    if not isinstance(value, dict | list):
        raise BadYaml("neither JSON nor YAML", begin)
    return Piece(msgspec.Raw(msgspec.json.encode(value)), begin.line + 1)


def _check_tag(event: yaml.NodeEvent) -> None:
    if getattr(event, "tag", None) not in (None, "!"):
        raise BadYaml("a YAML tag, which the AWS CLI never writes", event.start_mark)


def _object(parts: list[object], event: yaml.Event) -> dict[str, object]:
    keys, values = parts[::2], parts[1::2]
    if not all(isinstance(key, str) for key in keys):
        raise BadYaml("an object with a key that is no text", event.start_mark)
    return {str(key): value for key, value in zip(keys, values, strict=True)}


def _scalar(event: yaml.ScalarEvent) -> object:
    """Resolve what JSON has; numbers stay as they are written."""
    if not event.implicit[0]:
        return writable(event.value)
    if event.value in _WORDS:
        return _WORDS[event.value]
    is_number = _NUMBER.fullmatch(event.value)
    return msgspec.Raw(event.value.encode()) if is_number else writable(event.value)
