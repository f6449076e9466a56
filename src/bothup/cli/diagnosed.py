"""--diagnosis FILE: the causes that an earlier `bothup diagnose` found, beside the findings."""

import sys
from collections.abc import Iterable
from pathlib import Path

from bothup.engine.why import with_causes
from bothup.errors import InputError
from bothup.model.diagnosis import Diagnosis
from bothup.model.finding import Finding
from bothup.read.diagnosis_file import read_diagnoses

HELP = (
    "Tell the causes with the findings: from the FILE of bothup diagnose -o json=FILE; - is stdin."
)


def diagnoses_of(file: str | None) -> tuple[Diagnosis, ...]:
    """Read the diagnoses of a file, none where no file is named; raises InputError."""
    if file is None:
        return ()
    source = "stdin" if file == "-" else file
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InputError(source, "", error.strerror or "cannot be read") from None
    return read_diagnoses(data, source)


def explained(findings: Iterable[Finding], diagnoses: tuple[Diagnosis, ...]) -> tuple[Finding, ...]:
    """Put the causes beside the findings."""
    return with_causes(findings, diagnoses) if diagnoses else tuple(findings)
