"""The policy for exactly one plan: its calls, on its resources, and the reading they need.

Each module of `bothup.aws.change` that makes a call declares what the call needs.
"""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator

from bothup.aws import change
from bothup.aws.change import one_connection
from bothup.aws.change.need import Need
from bothup.iam.policy import Document, document
from bothup.model.plan import Action, Plan

_ON_TUNNELS = (Action.MODIFY_TUNNEL, Action.REPLACE_TUNNEL)


def plan_policy(plan: Plan) -> Document:
    """Make the policy that lets `bothup apply` and `bothup undo` carry the plan out."""
    actions: defaultdict[str, set[str]] = defaultdict(set)
    resources: defaultdict[str, set[str]] = defaultdict(set)
    for need in _needs(plan):
        actions[need.purpose].update(need.actions)
        resources[need.purpose].add(need.resource)
    return document(
        {
            "Sid": purpose,
            "Effect": "Allow",
            "Action": sorted(actions[purpose]),
            "Resource": sorted(resources[purpose]),
        }
        for purpose in sorted(actions)
    )


def _needs(plan: Plan) -> Iterator[Need]:
    names = (info.name for info in pkgutil.iter_modules(change.__path__))
    modules = [importlib.import_module(f"{change.__name__}.{name}") for name in names]
    needs = {each.ACTION: each.needs for each in modules if hasattr(each, "ACTION")}
    for step in plan.steps:
        yield from needs[step.action](step)
        if step.action in _ON_TUNNELS:
            yield Need("ReadVpnConnections", one_connection.PERMISSIONS)
