"""The policies and the template: what they say, and that they say all that is declared."""

import ast
import importlib
import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from cyclopts import App

from bothup.errors import UsageError
from bothup.iam.policy import permissions, trust
from bothup.iam.template import template
from bothup.iam.verbs import VERBS, Purpose

Document = dict[str, Any]
Call = Callable[..., str]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*arguments: str) -> str:
        root = App(name="bothup", result_action="return_value")
        root.command("bothup.cli.iam:iam", name="iam")
        assert root(("iam", *arguments), exit_on_error=False) == 0
        return capsys.readouterr().out

    return run


def test_a_scan_may_find_regions_and_read_connections_and_nothing_else(call: Call) -> None:
    assert json.loads(call("scan")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "FindEnabledRegions",
                "Effect": "Allow",
                "Action": ["ec2:DescribeRegions"],
                "Resource": "*",
            },
            {
                "Sid": "ReadVpnConnections",
                "Effect": "Allow",
                "Action": ["ec2:DescribeVpnConnections"],
                "Resource": "*",
            },
        ],
    }


def test_who_assumes_a_role_may_assume_that_role_only(call: Call) -> None:
    flags = ("--role-name", "ops/bothup-read", "--org", "--partition", "aws-us-gov")
    statements = {each["Sid"]: each for each in json.loads(call("scan", *flags))["Statement"]}
    assert statements["AssumeReadingRole"] == {
        "Sid": "AssumeReadingRole",
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Resource": "arn:aws-us-gov:iam::*:role/ops/bothup-read",
    }
    assert statements["ListAccounts"]["Action"] == [
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListTagsForResource",
    ]
    assert list(statements)[:2] == ["FindEnabledRegions", "ReadVpnConnections"]


def test_a_role_trusts_one_account_and_asks_for_the_external_id(call: Call) -> None:
    statement = {
        "Sid": "AssumedToRead",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "sts:AssumeRole",
    }
    trusted = ("scan", "--trust", "111122223333")
    assert json.loads(call(*trusted)) == {"Version": "2012-10-17", "Statement": [statement]}
    statement["Condition"] = {"StringEquals": {"sts:ExternalId": "x-1"}}
    assert json.loads(call(*trusted, "--external-id", "x-1"))["Statement"] == [statement]


@pytest.mark.parametrize("verb", VERBS)
def test_every_policy_has_one_statement_for_each_purpose(verb: str) -> None:
    statements = permissions(verb, role_name="reader", org=True)["Statement"]
    sids = [each["Sid"] for each in statements]
    assert len(set(sids)) == len(sids) == len(VERBS[verb])
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)
    actions = [action for each in statements for action in each["Action"]]
    assert len(set(actions)) == len(actions)
    assert all(each["Action"] == sorted(each["Action"]) != [] for each in statements)


def test_actions_are_sorted_however_they_are_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("declares")
    module.PERMISSIONS = ("ec2:DescribeVpnGateways", "ec2:DescribeRegions")
    monkeypatch.setitem(sys.modules, "declares", module)
    sorted_ = ["ec2:DescribeRegions", "ec2:DescribeVpnGateways"]
    assert Purpose("Read", "declares").actions == sorted_


def test_a_scan_changes_nothing() -> None:
    statements = permissions("scan", role_name="reader", org=True)["Statement"]
    for action in (action for each in statements for action in each["Action"]):
        assert re.fullmatch(r"[a-z0-9]+:(Describe|List|Get)\w+|sts:AssumeRole", action)


def imported(module: str, seen: set[str]) -> Iterator[str]:
    """Every module of ours that one imports, directly or not, wherever in it."""
    spec = importlib.util.find_spec(module)
    if module in seen or spec is None or spec.origin is None:
        return
    seen.add(module)
    yield module
    for node in ast.walk(ast.parse(Path(spec.origin).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            if name.startswith("bothup.") and _is_module(name):
                yield from imported(name, seen)


def _is_module(name: str) -> bool:
    parent, _, _ = name.rpartition(".")
    return hasattr(importlib.import_module(parent), "__path__") and bool(
        importlib.util.find_spec(name)
    )


def test_whatever_a_scan_imports_that_declares_permissions_is_in_its_policy() -> None:
    modules = set(imported("bothup.cli.live", set()))
    declaring = {each for each in modules if hasattr(importlib.import_module(each), "PERMISSIONS")}
    assert {purpose.module for purpose in VERBS["scan"]} == declaring


def parse(call: Call, *flags: str) -> Document:
    found: Document = yaml.safe_load(call("scan", "--template", *flags))
    return found


def test_the_template_makes_the_role_that_a_scan_assumes(call: Call) -> None:
    found = parse(call)
    assert found["AWSTemplateFormatVersion"] == "2010-09-09"
    (resource,) = found["Resources"].values()
    assert resource["Type"] == "AWS::IAM::Role"
    role = resource["Properties"]
    assert role["RoleName"] == {"Ref": "RoleName"}
    (policy,) = role["Policies"]
    assert policy["PolicyDocument"] == permissions("scan")
    (trusting,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusting["Principal"] == {
        "AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${TrustedAccountId}:root"}
    }
    assert trusting["Condition"]["Fn::If"] == [
        "HasExternalId",
        {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
        {"Ref": "AWS::NoValue"},
    ]


def test_what_is_given_is_what_the_parameters_start_from(call: Call) -> None:
    parameters = parse(call)["Parameters"]
    assert parameters["RoleName"]["Default"] == "bothup-read"
    assert parameters["ExternalId"]["Default"] == ""
    assert "Default" not in parameters["TrustedAccountId"]
    flags = ("--role-name", "reader", "--external-id", "x-1", "--trust", "012345678901")
    parameters = parse(call, *flags)["Parameters"]
    assert {name: each["Default"] for name, each in parameters.items()} == {
        "RoleName": "reader",
        "ExternalId": "x-1",
        "TrustedAccountId": "012345678901",
    }


def test_the_defaults_of_the_parameters_fit_their_patterns(call: Call) -> None:
    flags = ("--role-name", "a+=,.@-_", "--external-id", "a+=,.@:/-_", "--trust", "012345678901")
    for parameter in [
        *parse(call)["Parameters"].values(),
        *parse(call, *flags)["Parameters"].values(),
    ]:
        if "Default" in parameter:
            assert re.fullmatch(parameter["AllowedPattern"], parameter["Default"])


def references(part: Any) -> Iterator[str]:
    """Every name that a template refers to."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "Ref":
                yield value
            elif key == "Fn::Sub":
                yield from re.findall(r"\$\{([^}]+)\}", value)
            elif key == "Fn::GetAtt":
                yield value[0]
            elif key == "Fn::If":
                yield value[0]
                yield from references(value)
            else:
                yield from references(value)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def test_the_template_refers_to_nothing_that_it_does_not_define(call: Call) -> None:
    found = parse(call)
    defined = {name for part in ("Parameters", "Conditions", "Resources") for name in found[part]}
    pseudo = {"AWS::Partition", "AWS::NoValue"}
    assert set(references(found)) == defined | pseudo
    assert set(found) == {
        *("AWSTemplateFormatVersion", "Description"),
        *("Parameters", "Conditions", "Resources", "Outputs"),
    }
    text = json.dumps(found["Resources"])
    assert "arn:aws" not in text
    assert not re.search(r"\d{12}", text)


def test_json_and_yaml_say_the_same_and_can_go_to_a_file(call: Call, tmp_path: Path) -> None:
    as_json = json.loads(call("scan", "--template", "-o", "json"))
    assert as_json == parse(call) == template("scan")
    assert call("scan", "-o", f"yaml={tmp_path / 'policy.yaml'}") == ""
    assert yaml.safe_load((tmp_path / "policy.yaml").read_text()) == permissions("scan")


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        (("scna",), "did you mean scan"),
        (("scan", "--trust", "1234"), "'1234' is not an account id"),
        (("scan", "--trust", "111122223333", "--external-id", "x y"), "'x y' is not an external"),
        (("scan", "--role-name", "arn:aws:iam::1:role/x"), "is not the name of a role"),
        (("scan", "--role-name", "*"), "is not the name of a role"),
        (("scan", "--template", "--role-name", "ops/reader"), "a role without a path"),
        (("scan", "--external-id", "x-1"), "--external-id has no part in"),
        (("scan", "--trust", "111122223333", "--org"), "--org has no part in"),
        (("scan", "--template", "--org"), "--org has no part in"),
        (("scan", "-o", "jsno"), "did you mean json"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Call, flags: tuple[str, ...], error: str) -> None:
    with pytest.raises(UsageError, match=re.escape(error)):
        call(*flags)


def test_the_functions_refuse_what_the_flags_would() -> None:
    with pytest.raises(UsageError):
        trust("scan", "111122223333:root")
