"""Annotation: what is written onto AWS's own finding: which tunnel, since when, and the cause.

A note that a person has left on the finding stays; the fields beside it are told all the same.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from bothup.model.finding import Finding, Status
from bothup.report._look import causes, down, printable
from bothup.report.asff import Asff, resource_id

AUTHOR = "bothup"
_LONGEST_NOTE, _LONGEST_FIELD = 512, 1024


class Annotation(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of one BatchUpdateFindings, for one finding."""

    finding: str
    params: dict[str, Any]


def annotations(findings: Iterable[Finding], held: Iterable[Asff]) -> Iterator[Annotation]:
    """Yield what is to be written onto the findings that Security Hub holds on these resources.

    One that says so already is left alone, and so is one that is well by both.
    """
    by_resource = {(resource_id(each), each.control): each for each in findings}
    for each in held:
        control = each.get("Compliance", {}).get("SecurityControlId")
        for resource in each.get("Resources", ()):
            found = by_resource.get((resource.get("Id"), control))
            if found and (made := _annotation(found, each)):
                yield made


def _annotation(finding: Finding, held: Asff) -> Annotation | None:
    status = held.get("Compliance", {}).get("Status")
    if finding.status is Status.PASSED and status == "PASSED":
        return None
    fields = {name: value[:_LONGEST_FIELD] for name, value in _fields(finding).items()}
    others = {
        name: value
        for name, value in (held.get("UserDefinedFields") or {}).items()
        if not name.startswith(AUTHOR)
    }
    params: dict[str, Any] = {}
    if (whole := {**others, **fields}) != held.get("UserDefinedFields"):
        params["UserDefinedFields"] = whole
    note, text = held.get("Note") or {}, _text(finding)
    if note.get("UpdatedBy", AUTHOR) == AUTHOR and note.get("Text") != text:
        params["Note"] = {"Text": text, "UpdatedBy": AUTHOR}
    if not params:
        return None
    name = {"Id": held["Id"], "ProductArn": held["ProductArn"]}
    return Annotation(finding=finding.id, params={"FindingIdentifiers": [name], **params})


def _text(finding: Finding) -> str:
    reasons = "; ".join(each.text for each in finding.reasons)
    parts = [f"Seen live: {finding.status}. {reasons}"]
    parts += [
        f"Cause{f' of {each.tunnel}' if each.tunnel else ''}: {each.title} "
        f"({each.id}, {each.verdict})"
        for each in causes(finding)
    ]
    text = printable(". ".join(parts))
    return text if len(text) <= _LONGEST_NOTE else text[: _LONGEST_NOTE - 1] + "…"


def _fields(finding: Finding) -> dict[str, str]:
    fallen = down(finding)
    changed = [each.last_status_change for each in fallen]
    since = min((each for each in changed if each), default=None)
    told = {
        "status": finding.status.value,
        "redundancy": finding.redundancy or "",
        "tunnel": ", ".join(each.outside_ip for each in fallen),
        "since": since.isoformat().replace("+00:00", "Z") if since else "",
        "cause": ", ".join(dict.fromkeys(each.id for each in causes(finding))),
    }
    return {f"{AUTHOR}-{name}": value for name, value in told.items() if value}
