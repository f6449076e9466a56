"""`bothup diagnose`: why tunnels are down, from evidence, with what to do about it."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Annotated

import msgspec
from cyclopts import Parameter

from bothup.cli import exits, logs
from bothup.cli.cases import Case, case_of, from_file
from bothup.cli.device import DeviceFiles, with_device, zone
from bothup.cli.diagnose_flags import Pages, Reading, When
from bothup.cli.flags import flag
from bothup.cli.options import Reach
from bothup.cli.page_output import parse, write
from bothup.cli.settings import Configuration
from bothup.errors import UsageError
from bothup.model.connection import TunnelStatus
from bothup.model.diagnosis import Diagnosis, TunnelDiagnosis
from bothup.pages import Found
from bothup.pages._outline import HEALTHY, UNKNOWN, is_healthy, is_sure
from bothup.report._words import unread as not_read


def diagnose(
    vpn_ids: Annotated[
        tuple[str, ...],
        Parameter(help="Connections (vpn-…); all that are not on two tunnels where none is named."),
    ] = (),
    /,
    *,
    evidence: Annotated[
        str | None,
        flag(
            "Diagnose from a file that `bothup collect` has written; - is stdin. No credentials "
            "are needed.",
            hyphen=True,
        ),
    ] = None,
    when: When = When(),  # noqa: B008 - frozen
    reading: Reading = Reading(),  # noqa: B008 - frozen
    pages: Pages = Pages(),  # noqa: B008 - frozen
    files: DeviceFiles = DeviceFiles(),  # noqa: B008 - frozen
    reach: Reach = Reach(),  # noqa: B008 - frozen
    configuration: Configuration = Configuration(),  # noqa: ARG001, B008 - for the flags' settings
) -> int:
    """Say why tunnels are down: the causes, the clues, what is ruled out, what to do.

    The evidence comes from AWS, from a file of `bothup collect`, or from the device's log and
    configuration alone, where these are all there is.

    Exit codes: 0 every tunnel is healthy; 3 a tunnel is not; 4 the evidence says nothing, or
    something could not be read; 2 usage or input error.
    """
    if pages.debug:
        logs.debug()
    reading.check()
    outputs, local, now = parse(pages.output), zone(reading.timezone), datetime.now(UTC)

    def diagnosed(case: Case) -> Diagnosis:
        return _diagnosed(case, files, local)

    if evidence is not None:
        if vpn_ids or when.any:
            raise UsageError("--evidence FILE says what it is about; name no connection or time")
        found = Found(diagnoses=(diagnosed(from_file(evidence, now)),))
    elif files.any and not vpn_ids:
        if when.any:
            raise UsageError("--at and --since ask AWS: name the connection of the device's files")
        found = Found(diagnoses=(diagnosed(case_of({}, now)),))
    else:
        found = _live(vpn_ids, reach, when, diagnosed, reading.telemetry_interval, pages, now)
    for each in outputs:
        write(each, found, verbose=pages.verbose)
    if not pages.quiet and not any(each.on_screen for each in outputs):
        _sum_up(found)
    return _code(found)


def _live(
    vpn_ids: Sequence[str],
    reach: Reach,
    when: When,
    diagnosed: Callable[[Case], Diagnosis],
    interval: float,
    pages: Pages,
    now: datetime,
) -> Found:
    """Collect from AWS and diagnose."""
    from bothup.cli.gathering import live
    from bothup.cli.moments import incident

    gathered = live(
        reach,
        vpn_ids,
        incident(when.at, when.since, now),
        lambda document: diagnosed(case_of(document, now)),
        interval=interval,
        quiet=pages.quiet,
    )
    return Found(diagnoses=tuple(gathered.made.values()), unread=gathered.unread)


def _diagnosed(case: Case, files: DeviceFiles, local: tzinfo) -> Diagnosis:
    from bothup.engine.diagnose import diagnose as diagnosis_of

    bundle = with_device(case.bundle, files, local, case.time)
    made = diagnosis_of(bundle, now=case.time)
    return msgspec.structs.replace(made, notices=(*case.notes, *made.notices))


def _sum_up(found: Found) -> None:
    """Data goes to stdout; what a person must not miss is said on stderr, once."""
    for each in found.unread:
        print(f"bothup: not read: {not_read(each)}", file=sys.stderr)


def _code(found: Found) -> int:
    """A tunnel in trouble comes first, then whatever could not be read or told."""
    tunnels = [tunnel for each in found.diagnoses for tunnel in each.tunnels]
    if any(map(_in_trouble, tunnels)):
        return exits.FINDINGS
    told = all(each.tunnels for each in found.diagnoses) and all(map(_told, tunnels))
    return exits.OK if told and not found.unread else exits.INCOMPLETE


def _in_trouble(tunnel: TunnelDiagnosis) -> bool:
    if tunnel.status is TunnelStatus.UP:
        return not is_healthy(tunnel) and any(map(is_sure, tunnel.causes))
    return tunnel.status is TunnelStatus.DOWN or tunnel.causes[0].id not in (HEALTHY, UNKNOWN)


def _told(tunnel: TunnelDiagnosis) -> bool:
    return tunnel.status is not TunnelStatus.UNKNOWN or tunnel.causes[0].id != UNKNOWN
