"""What planning reads of resources that are no connection, in the one pass over each Target."""

from collections.abc import Sequence
from typing import Any

from bothup.aws.collect.kinds import collected
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.fleet import Was, connections
from bothup.aws.reading import read as read_target
from bothup.engine.plan import Other
from bothup.engine.remedies import Cure
from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.connection import Malformed, Tunnel
from bothup.model.target import Target


class Others:
    """Collects what the remedies need that are about other resources; `needs` are theirs."""

    def __init__(self, cures: Sequence[Cure]) -> None:
        """Read nothing yet."""
        self.needs = {
            cure.remedy.id: cure.kinds
            for cure in cures
            if collected(cure.subject) and cure.subject is not ClientVpnEndpoint
        }
        self._beside_kinds = {kind for kinds in self.needs.values() for kind in kinds[1:]}
        self._tunnels = any(cure.subject is Tunnel for cure in cures)
        self.found: list[Other] = []
        self.malformed: list[Malformed] = []

    async def read(self, call: Call, target: Target) -> Was:
        """Read the Target's connections, where a remedy is about tunnels, and the other kinds."""
        was = await connections(call, target) if self._tunnels else Was()
        beside: dict[type, object] = {}

        def take(kind: type, page: Sequence[Any]) -> None:
            if kind in self._beside_kinds:
                (beside[kind],) = page
                return
            for each in page:
                if isinstance(each, Malformed):
                    self.malformed.append(each)
                else:
                    self.found.append(Other(resource=each, beside=beside))

        gaps = await read_target(call, target, self.needs, take)
        return Was(records=was.records, known=was.known, gaps=gaps)
