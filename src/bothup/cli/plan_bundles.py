"""Plan from evidence bundles, for a connection that somebody else has: AWS is asked for nothing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from bothup.cli.choice import Choice
from bothup.cli.incoming import data_of
from bothup.engine.nat import nat_of
from bothup.engine.plan import Subject, Wishes, plan
from bothup.engine.remedies import Cure
from bothup.errors import InputError
from bothup.model.bundle import Bundle
from bothup.model.connection import Malformed, VpnConnection
from bothup.model.diagnosis import EvidenceKind
from bothup.model.plan import Plan
from bothup.model.remedy import Gateway, Maintenance, Negotiated
from bothup.model.target import Coverage, CoverageStatus
from bothup.read.bundle import read_bundle


def plan_from(files: Sequence[str], choice: Choice, cures: Sequence[Cure], wishes: Wishes) -> Plan:
    """Plan for the connection of each bundle.

    Raises InputError for a file that is none, or holds no connection, and UsageError for a
    connection that is in no file.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    bundles = {file: read_bundle(data_of(file), file, now=now) for file in files}
    read = [_connection(file, each) for file, each in bundles.items()]
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
        malformed=[each for each in read if isinstance(each, Malformed) and choice.names(each.id)],
        made_at=now,
        coverage=tuple(coverage.values()),
        notices=tuple(f"{file}: {each}" for file in bundles for each in bundles[file].problems),
    )


def _connection(file: str, bundle: Bundle) -> VpnConnection | Malformed:
    if bundle.connection is None:
        raise InputError(file, "$.connection", "no connection is in it", "what to plan for")
    return bundle.connection


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
