"""Front: the way of a call through the simulated AWS.

Who signs, which fault strikes, whether the Region is enabled, whether the bucket has a token, what
the policies allow, and only then what the service answers.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from bothup.sim.authenticate import authenticate, unknown_caller, unsigned
from bothup.sim.bucket import Buckets
from bothup.sim.cache import AnswerCache
from bothup.sim.caller import Caller, KeyRing
from bothup.sim.calls import Call, Calls
from bothup.sim.context import Context, Operation
from bothup.sim.ec2_change import CHANGES
from bothup.sim.ec2_read import READS
from bothup.sim.error_answer import error_answer
from bothup.sim.fault_answer import instead, spoilt
from bothup.sim.faults import Fault, Faults
from bothup.sim.moto_app import MotoApp
from bothup.sim.organizations import ORGANIZATIONS
from bothup.sim.policy import action_name, check_allowed
from bothup.sim.refusal import Refusal
from bothup.sim.request import Answer, Request
from bothup.sim.signing import Signature, read_signature
from bothup.sim.sts import STS
from bothup.sim.wire import parse_call, render_result
from bothup.sim.world import World

_SERVICES: Mapping[str, Mapping[str, Operation]] = {
    "ec2": {**READS, **CHANGES},
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
        signature = read_signature(request)
        if signature is None:
            service = "sts" if request.form.get("Version") == "2011-06-15" else "ec2"
            return self._refuse("", "", action_name(service, "?"), service, unsigned(service))
        operation = operation_name(request)
        action = action_name(signature.service, operation)
        try:
            caller = authenticate(request, signature, self.keys)
        except Refusal as refusal:
            return self._refuse("", signature.region, action, signature.service, refusal)
        return self._answer_caller(request, signature, operation, caller)

    def _answer_caller(
        self, request: Request, signature: Signature, operation: str, caller: Caller
    ) -> Answer:
        service, region = signature.service, signature.region
        action = action_name(service, operation)
        faults = self.faults.strike(caller.account, region, action)
        for fault in faults:
            time.sleep(fault.seconds)
            if answer := instead(fault, service, f"http://{request.headers['host']}/"):
                self._record(caller.account, region, action, _outcome(fault))
                return answer
        try:
            self._admit(caller, signature, operation)
            answer = self._serve(request, signature, operation, caller)
        except Refusal as refusal:
            return self._refuse(caller.account, region, action, service, refusal)
        self._record(caller.account, region, action, "ok")
        for fault in faults:
            answer = spoilt(fault, answer)
        return answer

    def _admit(self, caller: Caller, signature: Signature, operation: str) -> None:
        """Refuse what never gets as far as the service."""
        service, region = signature.service, signature.region
        account = self.world.accounts[caller.account]
        everywhere = service in _GLOBAL or (service == "sts" and region == "us-east-1")
        if not everywhere and region not in self.world.enabled(account):
            raise unknown_caller(service)
        if service == "ec2" and self.world.scenario.throttle:
            self.buckets.take(caller.account, region, operation)
        check_allowed(caller, action_name(service, operation))

    def _serve(
        self, request: Request, signature: Signature, operation: str, caller: Caller
    ) -> Answer:
        service = signature.service
        serve = _SERVICES.get(service, {}).get(operation)
        if serve is None:
            return self.moto.answer(request, caller.account)
        context = Context(caller=caller, region=signature.region, world=self.world, keys=self.keys)
        same = caller.account, signature.region, operation, request.body
        with self.world.lock:
            self.world.settle()
            version = self.world.machine.version
            if known := self._cache.get(version, same):
                return known
            result = serve(context, parse_call(service, operation, request))
        answer = render_result(service, operation, result)
        if operation.startswith("Describe"):
            with self.world.lock:
                self._cache.put(version, same, answer)
        return answer

    def _refuse(
        self, account: str, region: str, action: str, service: str, refusal: Refusal
    ) -> Answer:
        self._record(account, region, action, refusal.code)
        return error_answer(service, refusal)

    def _record(self, account: str, region: str, action: str, outcome: str) -> None:
        self.calls.add(
            Call(
                time=datetime.now(UTC),
                account=account,
                region=region,
                operation=action,
                outcome=outcome,
            )
        )


def operation_name(request: Request) -> str:
    """The operation that a request asks for, by whichever protocol it speaks."""
    if target := request.headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    if "/operation/" in request.path:
        return request.path.rpartition("/")[2]
    return request.form.get("Action") or f"{request.method} {request.path}"


def _outcome(fault: Fault) -> str:
    return fault.code if fault.kind == "error" else fault.kind
