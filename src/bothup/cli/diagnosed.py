"""--diagnosis FILE: the causes that an earlier `bothup diagnose` found, beside the findings."""

from collections.abc import Iterable

from bothup.engine.why import with_causes
from bothup.model.diagnosis import Diagnosis
from bothup.model.finding import Finding

HELP = (
    "Tell the causes with the findings: from the FILE of bothup diagnose -o json=FILE; - is stdin."
)


def diagnoses_of(file: str | None) -> tuple[Diagnosis, ...]:
    """Read the diagnoses of a file, none where no file is named; raises InputError."""
    if file is None:
        return ()
    from bothup.cli.incoming import data_of
    from bothup.read.diagnosis_file import read_diagnoses

    return read_diagnoses(data_of(file), "stdin" if file == "-" else file)


def explained(findings: Iterable[Finding], diagnoses: tuple[Diagnosis, ...]) -> tuple[Finding, ...]:
    """Put the causes beside the findings."""
    return with_causes(findings, diagnoses) if diagnoses else tuple(findings)
