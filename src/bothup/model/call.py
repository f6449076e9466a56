"""Call: one call to AWS that changes something, as the SDK sends it and as people type it."""

import json
import re
import shlex
from typing import Any

import msgspec

from bothup.model.alarm import OWN_TAG
from bothup.model.plan import Action, Step
from bothup.model.resource_calls import CHANGES
from bothup.model.target import Target
from bothup.model.tunnel_settings import as_parameter


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call by the SDK's names; there is never a secret among its `params`."""

    target: Target
    service: str
    operation: str
    params: dict[str, Any]

    @property
    def command(self) -> str:
        """The AWS CLI command that makes the call, for bash."""
        words = ["aws", self.service, _kebab(self.operation), "--region", self.target.region or ""]
        for name, value in self.params.items():
            if isinstance(value, dict) and value.keys() == {"Value"}:
                # The CLI has flags for the attributes that EC2 wraps so.
                words.append(f"--{'' if value['Value'] else 'no-'}{_kebab(name)}")
                continue
            words.append(f"--{_kebab(name)}")
            if isinstance(value, dict) or _holds_records(value):
                words.append(json.dumps(value, separators=(",", ":")))
            elif isinstance(value, list):
                words += map(str, value)
            elif value is not True:
                words.append(str(value))
        return shlex.join(words)


def calls(step: Step) -> tuple[Call, ...]:
    """Give the calls that carry a step out, in their order."""
    after = step.after
    if step.action in CHANGES:
        return tuple(_call(step, "ec2", *each) for each in CHANGES[step.action](step))
    match step.action:
        case Action.MODIFY_TUNNEL:
            params = {**_tunnel(step), "TunnelOptions": as_parameter(after)}
            if step.in_place:
                params["SkipTunnelReplacement"] = True
            return (_call(step, "ec2", "ModifyVpnTunnelOptions", params),)
        case Action.REPLACE_TUNNEL:
            params = {**_tunnel(step), "ApplyPendingMaintenance": True}
            return (_call(step, "ec2", "ReplaceVpnTunnel", params),)
        case Action.MODIFY_CLIENT_VPN:
            params = {"ClientVpnEndpointId": step.resource, **after}
            return (_call(step, "ec2", "ModifyClientVpnEndpoint", params),)
        case Action.CREATE_LOG_STREAM:
            return (_call(step, "logs", "CreateLogStream", after),)
        case Action.CREATE_LOG_GROUP:
            return _log_group(step)
        case Action.PUT_ALARM:
            return (_call(step, "cloudwatch", "PutMetricAlarm", _alarm(step)),)
        case Action.PUT_COMPOSITE:
            return (_call(step, "cloudwatch", "PutCompositeAlarm", _alarm(step)),)
        case Action.DELETE_ALARM:
            return (_call(step, "cloudwatch", "DeleteAlarms", {"AlarmNames": [step.resource]}),)
        case Action.CREATE_MONITOR:
            params = {"monitorName": step.resource, **after, "tags": dict([OWN_TAG])}
            return (_call(step, "networkmonitor", "CreateMonitor", params),)
        case Action.DELETE_MONITOR:
            params = {"monitorName": step.resource}
            return (_call(step, "networkmonitor", "DeleteMonitor", params),)
    raise ValueError(f"no call carries out {step.action}")


def _log_group(step: Step) -> tuple[Call, ...]:
    created = {name: value for name, value in step.after.items() if name != "retentionInDays"}
    create = _call(step, "logs", "CreateLogGroup", created)
    if len(created) == len(step.after):
        return (create,)
    kept = {name: step.after[name] for name in ("logGroupName", "retentionInDays")}
    return create, _call(step, "logs", "PutRetentionPolicy", kept)


def _alarm(step: Step) -> dict[str, Any]:
    """A new alarm is tagged as bothup's own; of one that is there CloudWatch ignores the tags.

    What is left out of the call is taken away, so an empty list need not be sent.
    """
    key, value = OWN_TAG
    tags = {} if step.before else {"Tags": [{"Key": key, "Value": value}]}
    settings = {name: value for name, value in step.after.items() if value != []}
    return {"AlarmName": step.resource, **settings, **tags}


def _tunnel(step: Step) -> dict[str, Any]:
    return {"VpnConnectionId": step.resource, "VpnTunnelOutsideIpAddress": step.tunnel}


def _call(step: Step, service: str, operation: str, params: dict[str, Any]) -> Call:
    return Call(target=step.target, service=service, operation=operation, params=params)


def _holds_records(value: Any) -> bool:
    return isinstance(value, list) and (not value or isinstance(value[0], dict))


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
