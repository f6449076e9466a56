"""Front: the way of a call through the simulated AWS.

Who signs, which fault strikes, whether the Region is enabled, whether the bucket has a token, what
the policies allow, and only then what the service answers.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bothup.sim.asked import Asked, asked_by
from bothup.sim.authenticate import authenticate, unknown_caller, unsigned
from bothup.sim.bucket import Buckets
from bothup.sim.cache import AnswerCache
from bothup.sim.caller import Caller, KeyRing
from bothup.sim.calls import Call, Calls
from bothup.sim.client_vpn import CLIENT_VPN
from bothup.sim.context import Context, Operation
from bothup.sim.ec2_change import CHANGES
from bothup.sim.ec2_read import READS
from bothup.sim.error_answer import error_answer
from bothup.sim.evidence.trail import call_record
from bothup.sim.fault_answer import instead, spoilt
from bothup.sim.faults import Fault, Faults
from bothup.sim.moto_app import MotoApp
from bothup.sim.organizations import ORGANIZATIONS
from bothup.sim.policy import check_allowed
from bothup.sim.refusal import LeftToMoto, Refusal
from bothup.sim.request import Answer, Request
from bothup.sim.sts import STS
from bothup.sim.subnets import SUBNETS
from bothup.sim.transit_gateways import TRANSIT_GATEWAYS
from bothup.sim.wire import check_known, parse_call, render_result
from bothup.sim.world import World

_SERVICES: Mapping[str, Mapping[str, Operation]] = {
    "ec2": {**READS, **CHANGES, **TRANSIT_GATEWAYS, **CLIENT_VPN, **SUBNETS},
    "sts": STS,
    "organizations": ORGANIZATIONS,
}
# Services with one endpoint for all Regions: no account can have it disabled.
_GLOBAL = frozenset({"organizations", "iam", "health", "cloudfront", "route53"})


class Front:
    """Answers requests to the simulated AWS."""

    def __init__(self, world: World, keys: KeyRing) -> None:
        self.world, self.keys = world, keys
        self.faults = Faults(world.scenario.faults)
        self.calls = Calls()
        self.buckets = Buckets()
        self.moto = MotoApp()
        self._cache = AnswerCache()

    def answer(self, request: Request) -> Answer:
        """The answer to one request."""
        asked = asked_by(request)
        try:
            caller = self._caller(asked)
        except Refusal as refusal:
            return self._refused("", asked, refusal)
        faults = self.faults.strike(caller.account, asked.region, asked.action, asked.role)
        for fault in faults:
            time.sleep(fault.seconds)
            if answer := instead(fault, request, asked.service):
                self._record(caller.account, asked, _outcome(fault))
                return answer
        try:
            self._admit(caller, asked)
            answer = self._serve(caller, asked)
        except Refusal as refusal:
            return self._refused(caller.account, asked, refusal)
        self._record(caller.account, asked, "ok")
        for fault in faults:
            answer = spoilt(fault, answer)
        return answer

    def _caller(self, asked: Asked) -> Caller:
        if asked.signature is None:
            raise unsigned(asked.service)
        return authenticate(asked.request, asked.signature, self.keys)

    def _admit(self, caller: Caller, asked: Asked) -> None:
        """Refuse what never gets as far as the service."""
        enabled = self.world.enabled(self.world.accounts[caller.account])
        home = asked.service in _GLOBAL or (asked.service == "sts" and asked.region == "us-east-1")
        if not home and asked.region not in enabled:
            raise unknown_caller(asked.service)
        if asked.service == "ec2" and self.world.scenario.throttle:
            self.buckets.take(caller.account, asked.region, asked.operation)
        check_allowed(caller, asked.action)

    def _serve(self, caller: Caller, asked: Asked) -> Answer:
        """The service's own answer; those to EC2's Describe calls hold until something changes."""
        service, operation, request = asked.service, asked.operation, asked.request
        serve = _operation(service, operation)
        if serve is None:
            if service == "ec2":
                check_known(service, operation)
            return self.moto.answer(request, caller.account)
        context = Context(caller=caller, region=asked.region, world=self.world, keys=self.keys)
        same = caller.account, asked.region, operation, request.body
        with self.world.lock:
            self.world.settle()
            version = self.world.machine.version
            if known := self._cache.get(version, same):
                return known
            result = self._carry_out(serve, context, asked)
        if result is None:
            return self.moto.answer(request, caller.account)
        answer = render_result(service, operation, request, result)
        if service == "ec2" and operation.startswith("Describe"):
            with self.world.lock:
                self._cache.put(version, same, answer)
        return answer

    def _carry_out(self, serve: Operation, context: Context, asked: Asked) -> dict[str, Any] | None:
        """The operation's result, None if it is moto's to give.

        A call that would change EC2 is recorded, however it ends.
        """
        params = parse_call(asked.service, asked.operation, asked.request)
        error: tuple[str, str] | None = None
        try:
            return serve(context, params)
        except LeftToMoto:
            return None
        except Refusal as refusal:
            error = refusal.code, refusal.message
            raise
        finally:
            if asked.service == "ec2" and not asked.operation.startswith(("Describe", "Get")):
                now = self.world.clock.now()
                record = call_record(
                    now, asked.operation, asked.region, context.caller, params, error
                )
                self.world.records.trail.add(record)

    def _refused(self, account: str, asked: Asked, refusal: Refusal) -> Answer:
        self._record(account, asked, refusal.code)
        return error_answer(asked.request, asked.service, refusal)

    def _record(self, account: str, asked: Asked, outcome: str) -> None:
        call = Call(
            time=datetime.now(UTC),
            account=account,
            region=asked.region,
            operation=asked.action,
            outcome=outcome,
        )
        self.calls.add(call)


def _operation(service: str, name: str) -> Operation | None:
    """The operation of that name, None where it is moto's."""
    if service in _SERVICES:
        return _SERVICES[service].get(name)
    from bothup.sim.evidence.services import EVIDENCE

    return EVIDENCE.get(service, {}).get(name)


def _outcome(fault: Fault) -> str:
    return fault.code if fault.kind == "error" else fault.kind
