"""Plan from evidence bundles, for a connection that somebody else has: AWS is asked for nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from bothup.cli.choice import Choice
from bothup.cli.incoming import data_of
from bothup.engine.nat import nat_of
from bothup.engine.plan import Subject, Wishes, plan
from bothup.engine.remedies import Cure
from bothup.model.bundle import Bundle
from bothup.model.connection import Malformed, VpnConnection
from bothup.model.diagnosis import EvidenceKind
from bothup.model.plan import Plan
from bothup.model.remedy import Gateway, Maintenance, Negotiated
from bothup.model.target import Coverage, CoverageStatus
from bothup.read.bundle import read_bundle


def plan_from(files: Sequence[str], choice: Choice, cures: Sequence[Cure], wishes: Wishes) -> Plan:
    """Plan for the connection of each bundle.

    Raises InputError for a file that is none, UsageError for a connection that is in no file.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    bundles = {file: read_bundle(data_of(file), file, now=now) for file in files}
    read = [each.connection for each in bundles.values() if each.connection is not None]
    coverage = {
        each.target: Coverage(
            account=each.target.account, region=each.target.region, status=CoverageStatus.READ
        )
        for each in read
    }
    choice.expect({each.id for each in read}, coverage.values())
    return plan(
        tuple(_subjects(bundles.values(), choice)),
        (),
        cures,
        wishes,
        present={},
        made_at=now,
        coverage=tuple(coverage.values()),
        notices=tuple(_notices(bundles)),
    )


def _subjects(bundles: Iterable[Bundle], choice: Choice) -> Iterator[Subject]:
    for bundle in bundles:
        connection = bundle.connection
        if not isinstance(connection, VpnConnection) or not choice.takes(connection):
            continue
        missing = {each.kind: each.why for each in bundle.missing}
        nowhere = "the bundle does not hold it"
        yield Subject(
            connection=connection,
            gateway=Gateway(
                found=bundle.customer_gateway,
                problem=missing.get(EvidenceKind.CUSTOMER_GATEWAY, nowhere),
            ),
            active=bundle.active,
            replacements=bundle.replacements,
            problems={
                Negotiated.__name__: missing.get(EvidenceKind.ACTIVE_STATUS, ""),
                Maintenance.__name__: missing.get(EvidenceKind.REPLACEMENT_STATUS, ""),
            },
            nat=nat_of(bundle),
        )


def _notices(bundles: Mapping[str, Bundle]) -> Iterator[str]:
    for file, bundle in bundles.items():
        if isinstance(bundle.connection, Malformed):
            yield f"{file}: {bundle.connection.id} cannot be read: {bundle.connection.problem}"
        elif bundle.connection is None:
            yield f"{file}: no connection is in it"
        for problem in bundle.problems:
            yield f"{file}: {problem}"
