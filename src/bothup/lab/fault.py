"""Fault: one thing that is broken in a laboratory, what it is called, and how it is put right."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from bothup.lab.lab import Lab
from bothup.sim.scenario import Account, Connection, Peer, Scenario, Site, Timing, Tunnel

Act = Callable[[Lab], None]
# How `scan` sees it: a tunnel is DOWN, a notice, not at all as AWS knows nothing, or it must not.
Sight = Literal["down", "notice", "unseen", "no alarm"]
# Who can put it right: AWS's side by `apply`, the device, the path between; or nothing is wrong.
Cure = Literal["aws", "device", "path", "none"]

ACCOUNT, REGION = "111122223333", "eu-central-1"
MODERN: dict[str, Any] = {
    "IKEVersions": ["ikev2"],
    "Phase1EncryptionAlgorithms": ["AES256"],
    "Phase2EncryptionAlgorithms": ["AES256"],
    "Phase1IntegrityAlgorithms": ["SHA2-256"],
    "Phase2IntegrityAlgorithms": ["SHA2-256"],
    "Phase1DHGroupNumbers": [20],
    "Phase2DHGroupNumbers": [20],
}
_START = {"StartupAction": "start", "DPDTimeoutAction": "restart"}


class Healthy(msgspec.Struct, frozen=True, kw_only=True):
    """What the laboratory is before the fault. Tunnel 1 gets the fault, tunnel 2 is its sibling.

    `options` are those of tunnel 1 beside the modern suite, `peer` what the device can do on it.
    `tunnel` is more that the scenario says of it. `life` is for `Lab`. AWS starts the sibling.
    """

    routing: Literal["bgp", "static"] = "static"
    options: dict[str, Any] = {}
    peer: Peer = Peer()
    nat: bool = False
    certificates: bool = False
    target: Literal["tgw", "vgw"] = "tgw"
    local_cidr: str = "0.0.0.0/0"
    remote_cidr: str = "0.0.0.0/0"
    life: tuple[float, float] | None = None
    tunnel: dict[str, Any] = {}

    def scenario(self) -> Scenario:
        """The simulated organisation: one connection."""
        arn = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/11112222-3333-4444-5555-666677778888"
        device = Peer(
            encryption=("AES256",), integrity=("SHA2-256",), dh_groups=(20,), routes=2, nat=self.nat
        )
        first = Tunnel(options={**MODERN, **self.options}, peer=self.peer, **self.tunnel)
        connection = Connection(
            name="works",
            region=REGION,
            site="works",
            routing=self.routing,
            target=self.target,
            logs=True,
            local_cidr=self.local_cidr,
            remote_cidr=self.remote_cidr,
            certificate_arn=arn if self.certificates else None,
            static_routes=("10.10.0.0/24",) if self.routing == "static" else (),
            peer=device,
            tunnels=(first, Tunnel(options={**MODERN, **_START})),
        )
        account = Account(id=ACCOUNT, name="Laboratory", connections=(connection,))
        return Scenario(
            name="lab",
            regions=(REGION,),
            timing=Timing(modify=0.5),
            sites=(Site(name="works"),),
            accounts=(account,),
        )


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """`inflict` breaks a healthy laboratory; `cause` is what a diagnosis ought to name first.

    `until` is a pattern: the fault has had its time once the gateway's or an endpoint's log has it.
    `advice` is a pattern of what the diagnosis has to advise, which `repair` then carries out; with
    a cure on AWS's side it is what has to be well again before. `both`: the sibling suffers, too.
    `from_the_start`: the laboratory was never healthy.
    """

    id: str
    title: str
    cause: str
    inflict: Act
    healthy: Healthy = Healthy()
    sight: Sight = "down"
    cure: Cure = "device"
    repair: Act | None = None
    advice: str = ""
    until: str = ""
    both: bool = False
    from_the_start: bool = False


def fault(title: str, cause: str, **more: Any) -> Callable[[Act], Fault]:
    """Make a fault of the function that inflicts it; its name is the fault's."""

    def made(inflict: Act) -> Fault:
        name = getattr(inflict, "__name__", "").strip("_").replace("_", "-")
        return Fault(id=name, title=title, cause=cause, inflict=inflict, **more)

    return made
