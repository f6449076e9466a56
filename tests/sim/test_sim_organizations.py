"""The organisation, as its management account and its members see it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from sim_sdk import sdk_client

from bothup.sim import SimServer, parse_scenario

MEMBERS = [f"2000000000{number:02}" for number in range(24)]
SCENARIO = parse_scenario(
    """
    [[accounts]]
    id = "111122223333"
    name = "Root Account"
    management = true
    """
    + "".join(
        f"""
    [[accounts]]
    id = "{member}"
    name = "Member {number}"
    ou = "{["", "Network", "Network/Prod"][number % 3]}"
    status = "{"SUSPENDED" if number == 5 else "ACTIVE"}"
    tags = {{team = "t{number % 2}"}}
    """
        for number, member in enumerate(MEMBERS)
    ),
    "organisation.toml",
)


@pytest.fixture(scope="module")
def organizations(client: Any) -> Any:
    return client("organizations", "us-east-1")


def listed(organizations: Any, operation: str, member: str, **params: Any) -> list[Any]:
    pages = organizations.get_paginator(operation).paginate(**params)
    return [one for page in pages for one in page[member]]


def test_every_account_in_pages(organizations: Any) -> None:
    first = organizations.list_accounts()
    assert len(first["Accounts"]) == 20
    assert first["NextToken"]
    accounts = listed(organizations, "list_accounts", "Accounts")
    assert [one["Id"] for one in accounts] == ["111122223333", *MEMBERS]
    assert {one["Id"] for one in accounts if one["Status"] == "SUSPENDED"} == {MEMBERS[5]}
    assert accounts[0]["Arn"].startswith("arn:aws:organizations::111122223333:account/o-")


def test_the_tree_of_units(organizations: Any) -> None:
    [root] = organizations.list_roots()["Roots"]
    units = "list_organizational_units_for_parent"
    [network] = listed(organizations, units, "OrganizationalUnits", ParentId=root["Id"])
    [prod] = listed(organizations, units, "OrganizationalUnits", ParentId=network["Id"])
    assert (network["Name"], prod["Name"]) == ("Network", "Prod")
    assert listed(organizations, units, "OrganizationalUnits", ParentId=prod["Id"]) == []
    found = [
        {
            one["Id"]
            for one in listed(
                organizations, "list_accounts_for_parent", "Accounts", ParentId=parent["Id"]
            )
        }
        for parent in (root, network, prod)
    ]
    assert found == [{"111122223333", *MEMBERS[::3]}, set(MEMBERS[1::3]), set(MEMBERS[2::3])]


def test_tags_of_an_account(organizations: Any) -> None:
    tags = organizations.list_tags_for_resource(ResourceId=MEMBERS[3])["Tags"]
    assert tags == [{"Key": "team", "Value": "t1"}]


def test_what_is_not_there(organizations: Any) -> None:
    with pytest.raises(organizations.exceptions.TargetNotFoundException):
        organizations.list_tags_for_resource(ResourceId="999999999999")
    with pytest.raises(organizations.exceptions.ParentNotFoundException):
        organizations.list_accounts_for_parent(ParentId="r-zzzz")


def test_a_member_may_look_at_the_organisation_but_not_list_it(client: Any) -> None:
    member = client("organizations", "us-east-1", account=MEMBERS[0])
    told = member.describe_organization()["Organization"]
    assert told["MasterAccountId"] == "111122223333"
    with pytest.raises(ClientError, match="AccessDeniedException"):
        member.list_accounts()


def test_two_starts_give_the_same_ids(organizations: Any, sim: SimServer) -> None:

    with SimServer(SCENARIO) as other:
        again = sdk_client(other, "organizations", "us-east-1")
        assert again.list_accounts()["Accounts"] == organizations.list_accounts()["Accounts"]
