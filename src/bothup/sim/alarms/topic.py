"""SNS topics and who is subscribed to them, as they are at this moment."""

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import msgspec

PENDING = "PendingConfirmation"
# Protocols whose endpoint has to agree before anything is delivered to it.
AGREEING = frozenset({"http", "https", "email", "email-json"})
_ACTIONS = ("Publish", "GetTopicAttributes", "SetTopicAttributes", "ListSubscriptionsByTopic")


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants something of a topic: a service in an account's name, or an account's user."""

    account: str
    service: str | None = None
    source: str = ""


@dataclass(slots=True, kw_only=True)
class Subscription:
    """An endpoint; `token` is what it has to give back while it has not agreed."""

    arn: str
    protocol: str
    endpoint: str
    owner: str
    token: str | None = None


@dataclass(slots=True, kw_only=True)
class Topic:
    """A topic; `sent` are the messages that were published, with subject."""

    account: str
    region: str
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)

    @property
    def arn(self) -> str:
        """The topic's ARN."""
        return topic_arn(self.account, self.region, self.name)

    def shown(self) -> dict[str, str]:
        """The topic as GetTopicAttributes gives it."""
        pending = sum(each.token is not None for each in self.subscriptions.values())
        return {
            "TopicArn": self.arn,
            "Owner": self.account,
            "DisplayName": "",
            "Policy": json.dumps(_default_policy(self)),
            "SubscriptionsPending": str(pending),
            "SubscriptionsConfirmed": str(len(self.subscriptions) - pending),
            "SubscriptionsDeleted": "0",
            **{name: value for name, value in self.attributes.items() if value},
        }

    def refusal(self, action: str, asking: Asking) -> str | None:
        """Why the policy does not let somebody do something, None where it does."""
        own = asking.account == self.account and asking.service is None
        statements = json.loads(self.shown()["Policy"]).get("Statement", [])
        allowed = own
        for each in statements if isinstance(statements, list) else [statements]:
            if _concerns(each, action, self.arn, asking):
                if each["Effect"] == "Deny":
                    return f"an explicit deny in the policy of {self.arn}"
                allowed = True
        who = asking.service or f"account {asking.account}"
        return None if allowed else f"{who} is not authorized to perform: SNS:{action}"


def topic_arn(account: str, region: str, name: str) -> str:
    """The ARN of a topic."""
    return f"arn:aws:sns:{region}:{account}:{name}"


def _default_policy(topic: Topic) -> dict[str, Any]:
    return {
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [
            {
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [f"SNS:{action}" for action in _ACTIONS],
                "Resource": topic.arn,
                "Condition": {"StringEquals": {"AWS:SourceOwner": topic.account}},
            }
        ],
    }


def _concerns(statement: dict[str, Any], action: str, arn: str, asking: Asking) -> bool:
    actions = [each.lower() for each in _listed(statement.get("Action", []))]
    fits = any(fnmatchcase(f"sns:{action.lower()}", each) for each in actions)
    here = any(fnmatchcase(arn, each) for each in _listed(statement.get("Resource", "*")))
    return fits and here and _is(statement.get("Principal"), asking) and _met(statement, asking)


def _is(principal: Any, asking: Asking) -> bool:
    if principal == "*":
        return True
    named = principal if isinstance(principal, dict) else {}
    accounts = _listed(named.get("AWS", []))
    root = f"arn:aws:iam::{asking.account}:root"
    by_account = any(each in ("*", asking.account, root) for each in accounts)
    return by_account or asking.service in _listed(named.get("Service", []))


def _met(statement: dict[str, Any], asking: Asking) -> bool:
    known = {
        "aws:sourceowner": asking.account,
        "aws:sourceaccount": asking.account,
        "aws:sourcearn": asking.source,
        "aws:securetransport": "true",
    }
    return all(
        any(fnmatchcase(known.get(key.lower(), ""), str(each)) for each in _listed(wanted))
        for tests in statement.get("Condition", {}).values()
        for key, wanted in tests.items()
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
