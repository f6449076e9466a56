"""Flags of the verbs that make alarms: where they go, and which may be changed."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Group, Parameter

from bothup.alarms.routes import Route
from bothup.alarms.scope import Kind
from bothup.alarms.want import Wish
from bothup.cli.flags import flag
from bothup.cli.settings import Configuration
from bothup.config.settings import AlarmSettings

_ALARMS = Group("Alarms", sort_key=0)


@Parameter(name="*")
@dataclass(frozen=True)
class Told:
    """Whom alarms tell; what a flag says wins over [alarms] in the configuration."""

    topic: Annotated[
        str | None,
        flag(
            "ARN of the SNS topic that is told; {region} and {account} in it stand for those of "
            "each connection.",
            group=_ALARMS,
        ),
    ] = None
    lost_topic: Annotated[
        str | None,
        flag("Another topic for the loss of a whole connection (the pager).", group=_ALARMS),
    ] = None
    degraded_topic: Annotated[
        str | None, flag("Another topic for the loss of one tunnel (tickets).", group=_ALARMS)
    ] = None
    composite: Annotated[
        bool,
        flag(
            "Let one composite alarm speak for both tunnels, mute while the connection is lost.",
            group=_ALARMS,
        ),
    ] = False
    foreign: Annotated[
        tuple[str, ...],
        flag(
            "Name of an alarm that is not bothup's and may be corrected or deleted, repeatable.",
            group=_ALARMS,
        ),
    ] = ()

    def wish(self, configuration: Configuration) -> Wish:
        """Put flags and configuration together; raises InputError or UsageError."""
        chosen = configuration.load().layer.get("alarms")
        said: AlarmSettings = chosen.value if chosen else AlarmSettings()
        return Wish(
            routes=(*self._flags(), *_configured(said)),
            composite=self.composite or said.composite,
            foreign=frozenset(self.foreign),
        )

    def _flags(self) -> tuple[Route, ...]:
        return _routes(self.lost_topic, self.degraded_topic, self.topic)


def _configured(said: AlarmSettings) -> tuple[Route, ...]:
    routes = tuple(
        Route(
            topic=each.topic,
            kind=Kind(each.severity) if each.severity else None,
            account=each.account,
            region=each.region,
            tag=each.tag,
        )
        for each in said.routes
    )
    return (*routes, *_routes(said.lost_topic, said.degraded_topic, said.topic))


def _routes(lost: str | None, degraded: str | None, topic: str | None) -> tuple[Route, ...]:
    said = ((lost, Kind.LOST), (degraded, Kind.DEGRADED), (topic, None))
    return tuple(Route(topic=arn, kind=kind) for arn, kind in said if arn)
