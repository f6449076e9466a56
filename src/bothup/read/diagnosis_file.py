"""A diagnosis as `bothup diagnose -o json` wrote it: one, or several with what was not read."""

from typing import Any

import msgspec

from bothup.errors import InputError
from bothup.model.diagnosis import SCHEMA, Diagnosis
from bothup.read.encoding import utf8

LIST = "bothup.diagnoses/1"
_EXPECTED = f"{SCHEMA} or {LIST}, as bothup diagnose -o json writes it"


def read_diagnoses(data: bytes, source: str) -> tuple[Diagnosis, ...]:
    """Read every diagnosis of a file; raises InputError where it holds anything else."""
    try:
        said: Any = msgspec.json.decode(utf8(data, source))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(source, "", f"not JSON: {error}", _EXPECTED) from None
    schema = said.get("schema") if isinstance(said, dict) else None
    if schema not in (SCHEMA, LIST):
        raise InputError(source, "$.schema", f"not a diagnosis: {schema!r}", _EXPECTED)
    listed = said.get("diagnoses", ()) if schema == LIST else [said]
    try:
        return msgspec.convert(listed, tuple[Diagnosis, ...])
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at ")
        raise InputError(source, where.strip("`"), problem) from None
