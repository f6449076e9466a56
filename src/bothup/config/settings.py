"""Settings: every key of the configuration, with what it takes and what it means.

The descriptions are what an error says was expected.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from bothup.model.mute_rule import MuteRule
from bothup.model.names import ACCOUNT_ID, REGION

_AccountId = Annotated[str, Meta(pattern=rf"^{ACCOUNT_ID.pattern}\Z")]
_FailOn = Annotated[str, Meta(pattern=r"^(?i:none|informational|low|medium|high|critical)\Z")]
_Region = Annotated[str, Meta(pattern=rf"^(?:all|{REGION.pattern})\Z")]
_Seconds = Annotated[float, Meta(gt=0, lt=1e9)]
_Text = Annotated[str, Meta(min_length=1)]


class AlarmRoute(
    msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True
):
    """A topic of alarms, and for which of them; what is left out takes any."""

    topic: _Text
    severity: Literal["lost", "degraded"] | None = None
    account: _AccountId | None = None
    region: _Text | None = None
    tag: _Text | None = None


class AlarmSettings(
    msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True
):
    """Where alarms go: the first route that fits, else the topic of the severity, else `topic`."""

    topic: _Text | None = None
    lost_topic: _Text | None = None
    degraded_topic: _Text | None = None
    composite: bool = False
    routes: tuple[AlarmRoute, ...] = ()


class Settings(
    msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True
):
    """What a configuration may say; what it leaves out is None, or () for a list."""

    accounts: Annotated[
        tuple[_AccountId, ...] | _Text,
        Meta(description='a list of account ids of "12 digits", or the name of a file of them'),
    ] = ()
    org: Annotated[
        bool | None, Meta(description="true to read the whole organization, or false")
    ] = None
    ou: Annotated[
        tuple[_Text, ...], Meta(description='a list of organizational units: ["ou-…"]')
    ] = ()
    include: Annotated[
        tuple[_Text, ...], Meta(description='a list of account ids, names or "key=value" globs')
    ] = ()
    exclude: Annotated[
        tuple[_Text, ...], Meta(description='a list of account ids, names or "key=value" globs')
    ] = ()
    role_name: Annotated[
        _Text | None, Meta(description="the name of a role that each account has, in quotes")
    ] = None
    role_chain: Annotated[
        tuple[_Text, ...], Meta(description="a list of ARNs of roles to assume before that one")
    ] = ()
    external_id: Annotated[
        _Text | None, Meta(description="the external id that the role asks for, in quotes")
    ] = None
    session_name: Annotated[
        _Text | None, Meta(description="a name for the role's sessions, in quotes")
    ] = None
    regions: Annotated[
        tuple[_Region, ...], Meta(description='a list of Regions: ["eu-west-1"], or ["all"]')
    ] = ()
    profile: Annotated[
        _Text | None, Meta(description="the name of a profile of the AWS configuration, in quotes")
    ] = None
    timeout: Annotated[
        _Seconds | None, Meta(description="seconds for one account and Region, more than 0")
    ] = None
    deadline: Annotated[
        _Seconds | None, Meta(description="seconds for the whole run, more than 0")
    ] = None
    in_flight: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="how many accounts and Regions to read at once, 1 or more"),
    ] = None
    controls: Annotated[
        tuple[_Text, ...], Meta(description='a list of controls or groups: ["EC2.20"]')
    ] = ()
    fail_on: Annotated[
        _FailOn | None,
        Meta(description="none, informational, low, medium, high or critical, in quotes"),
    ] = None
    output: Annotated[
        tuple[_Text, ...], Meta(description='a list of FORMAT or FORMAT=FILE: ["table"]')
    ] = ()
    alarms: Annotated[
        AlarmSettings | None,
        Meta(
            description="a table [alarms] with topic, lost-topic, degraded-topic, composite, and "
            "[[alarms.routes]] with topic and any of severity, account, region, tag"
        ),
    ] = None
    parameters: Annotated[
        dict[str, dict[str, Any]],
        Meta(description='tables of a control\'s parameters: [parameters."EC2.4"]'),
    ] = {}
    mutes: Annotated[tuple[MuteRule, ...], Meta(description="[[mutes]] tables")] = ()


# The names as they stand in a file, and the fields that hold them.
FIELDS = {field.encode_name: field for field in msgspec.structs.fields(Settings)}
