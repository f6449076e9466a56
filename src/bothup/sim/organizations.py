"""Organizations: the accounts and organisational units, as the management account sees them."""

from datetime import UTC, datetime
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.ids import digest
from bothup.sim.refusal import Refusal
from bothup.sim.scenario import Account, Scenario

Params = dict[str, Any]

_JOINED = datetime(2021, 3, 1, 9, 0, tzinfo=UTC)
PAGE = 20
_STATES = {"both": ("State", "Status"), "state": ("State",), "status": ("Status",)}


def describe_organization(context: Context, params: Params) -> Params:  # noqa: ARG001
    """The organisation; every member may ask for it."""
    scenario = context.world.scenario
    management = scenario.management
    root = f"arn:aws:organizations::{management.id}"
    return {
        "Organization": {
            "Id": organization_id(scenario),
            "Arn": f"{root}:organization/{organization_id(scenario)}",
            "FeatureSet": "ALL",
            "MasterAccountArn": _arn(scenario, "account", management.id),
            "MasterAccountId": management.id,
            "MasterAccountEmail": _email(management),
        }
    }


def list_accounts(context: Context, params: Params) -> Params:
    """Every account of the organisation."""
    scenario = _managed(context)
    return _page("Accounts", [_account(scenario, one) for one in scenario.accounts], params)


def list_accounts_for_parent(context: Context, params: Params) -> Params:
    """The accounts that are directly in a root or an organisational unit."""
    scenario = _managed(context)
    path = _path(scenario, params.get("ParentId", ""))
    found = [_account(scenario, one) for one in scenario.accounts if one.ou == path]
    return _page("Accounts", found, params)


def list_roots(context: Context, params: Params) -> Params:
    """The organisation's one root."""
    scenario = _managed(context)
    root = root_id(scenario)
    shape = {"Id": root, "Arn": _arn(scenario, "root", root), "Name": "Root", "PolicyTypes": []}
    return _page("Roots", [shape], params)


def list_organizational_units_for_parent(context: Context, params: Params) -> Params:
    """The organisational units that are directly in a root or another unit."""
    scenario = _managed(context)
    parent = _path(scenario, params.get("ParentId", ""))
    found = [
        {
            "Id": ou_id(scenario, path),
            "Arn": _arn(scenario, "ou", ou_id(scenario, path)),
            "Name": path.rpartition("/")[2],
        }
        for path in _paths(scenario)
        if path.rpartition("/")[0] == parent
    ]
    return _page("OrganizationalUnits", found, params)


def list_tags_for_resource(context: Context, params: Params) -> Params:
    """The tags of an account."""
    account = context.world.accounts.get(params.get("ResourceId", ""))
    _managed(context)
    if account is None:
        raise Refusal("TargetNotFoundException", "You specified a target that doesn't exist.")
    return {"Tags": [{"Key": key, "Value": value} for key, value in account.tags.items()]}


def organization_id(scenario: Scenario) -> str:
    """The organisation's id: `o-` and ten characters."""
    return f"o-{digest('organisation', scenario.name).hex()[:10]}"


def root_id(scenario: Scenario) -> str:
    """The root's id: `r-` and four characters."""
    return f"r-{digest('root', scenario.name).hex()[:4]}"


def ou_id(scenario: Scenario, path: str) -> str:
    """An organisational unit's id: `ou-`, the root's four characters and eight of its own."""
    return f"ou-{root_id(scenario)[2:]}-{digest('ou', scenario.name, path).hex()[:8]}"


def _managed(context: Context) -> Scenario:
    scenario = context.world.scenario
    if context.caller.account != scenario.management.id:
        raise Refusal(
            "AccessDeniedException", "You don't have permissions to access this resource."
        )
    return scenario


def _paths(scenario: Scenario) -> list[str]:
    """Every unit's path, parents too."""
    paths = {account.ou for account in scenario.accounts if account.ou}
    for path in list(paths):
        while path := path.rpartition("/")[0]:
            paths.add(path)
    return sorted(paths)


def _path(scenario: Scenario, parent_id: str) -> str:
    """The path of the unit with that id, "" for the root's."""
    if parent_id == root_id(scenario):
        return ""
    for path in _paths(scenario):
        if ou_id(scenario, path) == parent_id:
            return path
    raise Refusal(
        "ParentNotFoundException", f"You specified parent '{parent_id}' that doesn't exist."
    )


def _account(scenario: Scenario, account: Account) -> Params:
    return {
        "Id": account.id,
        "Arn": _arn(scenario, "account", account.id),
        "Email": _email(account),
        "Name": account.name,
        **dict.fromkeys(_STATES[scenario.account_states], account.status),
        "JoinedMethod": "INVITED" if account.management else "CREATED",
        "JoinedTimestamp": _JOINED,
    }


def _email(account: Account) -> str:
    return account.email or f"aws+{account.name.lower().replace(' ', '-')}@example.com"


def _arn(scenario: Scenario, kind: str, resource: str) -> str:
    where = f"arn:aws:organizations::{scenario.management.id}"
    return f"{where}:{kind}/{organization_id(scenario)}/{resource}"


def _page(name: str, items: list[Params], params: Params) -> Params:
    """One page of `items`; the token of the next is where it begins."""
    size = params.get("MaxResults", PAGE)
    token = params.get("NextToken", "0")
    if not 1 <= size <= PAGE or not token.isdigit():
        raise Refusal("InvalidInputException", "You provided an invalid MaxResults or NextToken.")
    first, after = int(token), int(token) + size
    page: Params = {name: items[first:after]}
    return page | ({"NextToken": str(after)} if after < len(items) else {})


ORGANIZATIONS: dict[str, Operation] = {
    "DescribeOrganization": describe_organization,
    "ListAccounts": list_accounts,
    "ListAccountsForParent": list_accounts_for_parent,
    "ListRoots": list_roots,
    "ListOrganizationalUnitsForParent": list_organizational_units_for_parent,
    "ListTagsForResource": list_tags_for_resource,
}
