"""Flags that several verbs share."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Group, Parameter

_AWS, _OUTPUT = Group("AWS", sort_key=1), Group("Output", sort_key=2)


def _flag(text: str, group: Group, *names: str) -> Parameter:
    """Describe a flag; one with several names lists them all."""
    return Parameter(name=names or None, help=text, group=group, negative=(), show_default=False)


@Parameter(name="*")
@dataclass(frozen=True)
class Shown:
    """What is written where, and how much is said."""

    output: Annotated[
        tuple[str, ...],
        _flag(
            "FORMAT[=FILE], repeatable: table (the default), json, jsonl, csv, markdown, html, "
            "asff, ocsf, sarif, junit.",
            _OUTPUT,
            "--output",
            "-o",
        ),
    ] = ()
    quiet: Annotated[bool, _flag("Say nothing on stderr but errors.", _OUTPUT, "--quiet", "-q")] = (
        False
    )
    verbose: Annotated[
        bool, _flag("List healthy connections too, however many.", _OUTPUT, "--verbose", "-v")
    ] = False
    debug: Annotated[
        bool, _flag("Log every call to AWS on stderr: no bodies, no headers.", _OUTPUT)
    ] = False


@Parameter(name="*")
@dataclass(frozen=True)
class Reach:
    """Whose credentials, which accounts, which Regions; `timeout` and `deadline` are seconds."""

    profile: Annotated[
        str | None, _flag("Profile of the AWS configuration, instead of the SDK's default.", _AWS)
    ] = None
    region: Annotated[
        tuple[str, ...],
        _flag(
            "Region to read, repeatable; all that are enabled by default (all). With --input: the "
            "label of input that does not say.",
            _AWS,
        ),
    ] = ()
    account: Annotated[
        tuple[str, ...],
        _flag(
            "Account id to read, repeatable. With --input: the label of input that does not say.",
            _AWS,
        ),
    ] = ()
    accounts: Annotated[
        str | None, _flag("Account ids with commas between, or a file with one on a line.", _AWS)
    ] = None
    org: Annotated[bool, _flag("Read every ACTIVE account of the organization.", _AWS)] = False
    ou: Annotated[
        tuple[str, ...],
        _flag("With --org: only accounts in or below this unit (ou-…, r-…), repeatable.", _AWS),
    ] = ()
    include: Annotated[
        tuple[str, ...],
        _flag("With --org: only accounts whose id, name or tag (key=value) fits this glob.", _AWS),
    ] = ()
    exclude: Annotated[
        tuple[str, ...],
        _flag("With --org: no account whose id, name or tag (key=value) fits this glob.", _AWS),
    ] = ()
    role_name: Annotated[
        str | None, _flag("Role to assume in every account but the credentials' own.", _AWS)
    ] = None
    external_id: Annotated[str | None, _flag("External id that the role asks for.", _AWS)] = None
    session_name: Annotated[
        str, _flag("Session name for CloudTrail in the accounts (bothup).", _AWS)
    ] = "bothup"
    role_chain: Annotated[
        tuple[str, ...],
        _flag("ARN of a role to assume first, repeatable: one after the other.", _AWS),
    ] = ()
    timeout: Annotated[
        float, _flag("Seconds for one account and Region, retries included (60).", _AWS)
    ] = 60.0
    deadline: Annotated[
        float,
        _flag("Seconds for the whole run; what is not read by then is unreachable.", _AWS),
    ] = float("inf")
    in_flight: Annotated[
        int, _flag("How many accounts and Regions to read at once (256).", _AWS)
    ] = 256
