"""Flags that several verbs share."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Group, Parameter

from bothup.cli.flags import flag

_AWS, _OUTPUT = Group("AWS", sort_key=1), Group("Output", sort_key=2)

# How other accounts are reached; the verbs that change something have these flags, too.
Profile = Annotated[
    str | None, flag("Profile of the AWS configuration, instead of the SDK's default.", group=_AWS)
]
RoleName = Annotated[
    str | None, flag("Role to assume in every account but the credentials' own.", group=_AWS)
]
ExternalId = Annotated[str | None, flag("External id that the role asks for.", group=_AWS)]
SessionName = Annotated[
    str, flag("Session name for CloudTrail in the accounts (bothup).", group=_AWS)
]
RoleChain = Annotated[
    tuple[str, ...],
    flag("ARN of a role to assume first, repeatable: one after the other.", group=_AWS),
]


@Parameter(name="*")
@dataclass(frozen=True)
class Shown:
    """What is written where, and how much is said."""

    output: Annotated[
        tuple[str, ...],
        flag(
            "FORMAT[=FILE], repeatable: table (the default), json, jsonl, csv, markdown, html, "
            "asff, ocsf, sarif, junit.",
            "--output",
            "-o",
            group=_OUTPUT,
        ),
    ] = ()
    quiet: Annotated[
        bool, flag("Say nothing on stderr but errors.", "--quiet", "-q", group=_OUTPUT)
    ] = False
    verbose: Annotated[
        bool, flag("List healthy connections too, however many.", "--verbose", "-v", group=_OUTPUT)
    ] = False
    debug: Annotated[
        bool, flag("Log every call to AWS on stderr: no bodies, no headers.", group=_OUTPUT)
    ] = False


@Parameter(name="*")
@dataclass(frozen=True)
class Reach:
    """Whose credentials, which accounts, which Regions; `timeout` and `deadline` are seconds."""

    profile: Profile = None
    region: Annotated[
        tuple[str, ...],
        flag(
            "Region to read, repeatable; all that are enabled by default (all). With --input: the "
            "label of input that does not say.",
            group=_AWS,
        ),
    ] = ()
    account: Annotated[
        tuple[str, ...],
        flag(
            "Account id to read, repeatable. With --input: the label of input that does not say.",
            group=_AWS,
        ),
    ] = ()
    accounts: Annotated[
        str | None,
        flag("Account ids with commas between, or a file with one on a line.", group=_AWS),
    ] = None
    org: Annotated[bool, flag("Read every ACTIVE account of the organization.", group=_AWS)] = False
    ou: Annotated[
        tuple[str, ...],
        flag(
            "With --org: only accounts in or below this unit (ou-…, r-…), repeatable.", group=_AWS
        ),
    ] = ()
    include: Annotated[
        tuple[str, ...],
        flag(
            "With --org: only accounts whose id, name or tag (key=value) fits this glob.",
            group=_AWS,
        ),
    ] = ()
    exclude: Annotated[
        tuple[str, ...],
        flag(
            "With --org: no account whose id, name or tag (key=value) fits this glob.", group=_AWS
        ),
    ] = ()
    role_name: RoleName = None
    external_id: ExternalId = None
    session_name: SessionName = "bothup"
    role_chain: RoleChain = ()
    timeout: Annotated[
        float, flag("Seconds for one account and Region, retries included (60).", group=_AWS)
    ] = 60.0
    deadline: Annotated[
        float,
        flag("Seconds for the whole run; what is not read by then is unreachable.", group=_AWS),
    ] = float("inf")
    in_flight: Annotated[
        int, flag("How many accounts and Regions to read at once (320).", group=_AWS)
    ] = 320
