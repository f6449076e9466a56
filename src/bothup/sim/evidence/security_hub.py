"""Security Hub CSPM's calls that take findings in, tell them and annotate them.

What AWS refuses of a finding is refused here: of another account or product, too long, too large,
sent again with no later UpdatedAt.

Source: AWS Security Hub API Reference (2018-10-26) and its user guide, "Quotas".
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.evidence.hub import Finding, matching, renewed
from bothup.sim.refusal import Refusal

Params = dict[str, Any]
Held = dict[tuple[str, str], Finding]

_MOST, _MOST_BYTES = 100, 240 * 1024
_LONGEST = {"Title": 256, "Description": 1024, "Id": 512, "GeneratorId": 512}
_LONGEST_NOTE, _MOST_FIELDS, _LONGEST_FIELD = 512, 50, 1024


def batch_import_findings(context: Context, params: Params) -> Params:
    """Take in up to 100 findings; what is wrong with one of them fails that one."""
    sent, held = _upto(_MOST, params["Findings"], "Findings"), _held(context)
    failed = []
    for finding in sent:
        key = finding["ProductArn"], finding["Id"]
        code = context.world.records.hub.failure(finding["Id"])
        problem = code or _problem(context, finding, held.get(key))
        if problem:
            told = {"ErrorCode": code or "InvalidInput", "ErrorMessage": problem}
            failed.append({"Id": finding["Id"], **told})
        else:
            held[key] = renewed(held.get(key), finding)
    done = len(sent) - len(failed)
    return {"FailedCount": len(failed), "SuccessCount": done, "FailedFindings": failed}


def get_findings(context: Context, params: Params) -> Params:
    """The findings that fit the filters, in pages of up to 100."""
    try:
        found = list(matching(iter(_held(context).values()), params.get("Filters") or {}))
    except KeyError as missing:
        raise _invalid(f"the filter or comparison {missing} is not simulated") from None
    first, most = int(params.get("NextToken") or 0), int(params.get("MaxResults") or _MOST)
    page = found[first : first + min(most, _MOST)]
    more = {"NextToken": str(first + len(page))} if first + len(page) < len(found) else {}
    return {"Findings": page, **more}


def batch_update_findings(context: Context, params: Params) -> Params:
    """Write what belongs to the customer onto up to 100 findings."""
    wanted = _upto(_MOST, params["FindingIdentifiers"], "FindingIdentifiers")
    held, now = _held(context), context.world.clock.now()
    changes = _changes(params, now)
    done, not_done = [], []
    for each in wanted:
        known = held.get((each["ProductArn"], each["Id"]))
        if known is None:
            told = {"ErrorCode": "FindingNotFound", "ErrorMessage": "Finding Not Found"}
            not_done.append({"FindingIdentifier": each, **told})
            continue
        known.update(changes)
        done.append(each)
    return {"ProcessedFindings": done, "UnprocessedFindings": not_done}


def _held(context: Context) -> Held:
    account, region = context.caller.account, context.region
    now = context.world.clock.now()
    return context.world.records.hub.findings(account, region, context.place, now)


def _problem(context: Context, finding: Finding, known: Finding | None) -> str | None:
    account, region = context.caller.account, context.region
    product = f"arn:aws:securityhub:{region}:{account}:product/{account}/default"
    if finding["AwsAccountId"] != account or finding["ProductArn"] != product:
        return f"the finding is not of {product}"
    if len(json.dumps(finding, ensure_ascii=False).encode()) > _MOST_BYTES:
        return "the finding is larger than 240 KB"
    for member, most in _LONGEST.items():
        if len(finding[member]) > most:
            return f"{member} is longer than {most}"
    try:
        created, updated = (_moment(finding[name]) for name in ("CreatedAt", "UpdatedAt"))
    except ValueError:
        return "CreatedAt and UpdatedAt must be timestamps"
    if updated < created:
        return "UpdatedAt is before CreatedAt"
    if known and updated <= _moment(known["UpdatedAt"]):
        return "UpdatedAt is not later than that of the finding that is there"
    return None


def _changes(params: Params, now: datetime) -> Params:
    note, fields = params.get("Note"), params.get("UserDefinedFields") or {}
    if note and len(note["Text"]) > _LONGEST_NOTE:
        raise _invalid(f"Note.Text is longer than {_LONGEST_NOTE}")
    if len(fields) > _MOST_FIELDS or any(len(each) > _LONGEST_FIELD for each in fields.values()):
        raise _invalid("UserDefinedFields holds too much")
    changes = {
        "Note": {**note, "UpdatedAt": now.isoformat()} if note else None,
        "UserDefinedFields": fields or None,
        "Workflow": params.get("Workflow"),
    }
    return {name: value for name, value in changes.items() if value is not None}


def _upto(most: int, found: list[Any], what: str) -> list[Any]:
    if not 1 <= len(found) <= most:
        raise _invalid(f"{what} has {len(found)} members; expected 1 to {most}")
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _invalid(what: str) -> Refusal:
    return Refusal("InvalidInputException", what)


SECURITY_HUB: Mapping[str, Operation] = {
    "BatchImportFindings": batch_import_findings,
    "BatchUpdateFindings": batch_update_findings,
    "GetFindings": get_findings,
}
