"""Mutes: what they fit, what they change, and that an expired one stops the run."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothup.engine.mutes import Mutes, exactly
from bothup.errors import UsageError
from bothup.model.finding import Finding, Mute, Resource, Severity, Status
from bothup.model.mute_rule import MuteRule

TODAY = date(2026, 11, 24)
END = date(2027, 3, 1)
VPN = Resource(
    type="AWS::EC2::VPNConnection",
    id="vpn-0a1b2c3d",
    arn="arn:aws:ec2:eu-west-1:111122223333:vpn-connection/vpn-0a1b2c3d",
    name="Berlin [backup]",
    tags={"Name": "Berlin [backup]", "env": "lab", "owner": "net=core"},
)


def finding(status: Status = Status.FAILED, **members: Any) -> Finding:
    known: dict[str, Any] = {
        "id": "bothup/EC2.20/111122223333/eu-west-1/vpn-0a1b2c3d",
        "control": "EC2.20",
        "title": "Both tunnels",
        "severity": Severity.MEDIUM,
        "account": "111122223333",
        "region": "eu-west-1",
        "resource": VPN,
    }
    return Finding(status=status, **{**known, **members})


def rule(**selectors: str) -> MuteRule:
    return MuteRule(reason="accepted", expires=END, **selectors)


def muted(rules: list[MuteRule], *findings: Finding) -> list[bool]:
    return [each.muted is not None for each in Mutes(rules, today=TODAY).apply(findings).findings]


FITS = [
    {"account": "111122223333"},
    {"account": "1111*"},
    {"region": "eu-west-1"},
    {"region": "eu-*"},
    {"region": "??-west-[12]"},
    {"resource": "vpn-0a1b2c3d"},
    {"resource": "arn:aws:ec2:eu-west-1:111122223333:vpn-connection/vpn-0a1b2c3d"},
    {"resource": "arn:*:vpn-connection/*"},
    {"resource": "Berlin [backup]"},
    {"resource": "Berlin*"},
    {"tag": "env=lab"},
    {"tag": "env=*"},
    {"tag": "*=lab"},
    {"tag": "owner=net=core"},
    {"control": "EC2.20"},
    {"control": "EC2.*"},
    {"account": "111122223333", "region": "eu-*", "tag": "env=lab", "control": "EC2.20"},
]
DOES_NOT_FIT = [
    {"account": "11112222333"},
    {"account": "444455556666"},
    {"region": "eu-west-11"},
    {"region": "EU-WEST-1"},
    {"region": "west"},
    {"resource": "vpn-0a1b2c3"},
    {"resource": "0a1b2c3d"},
    {"resource": "berlin*"},
    {"tag": "env=prod"},
    {"tag": "Env=lab"},
    {"control": "EC2.2"},
    {"account": "111122223333", "region": "eu-*", "tag": "env=lab", "control": "EC2.171"},
]


@pytest.mark.parametrize("selectors", FITS, ids=repr)
def test_every_selector_that_the_rule_has_must_fit(selectors: dict[str, str]) -> None:
    assert muted([rule(**selectors)], finding()) == [True]


@pytest.mark.parametrize("selectors", DOES_NOT_FIT, ids=repr)
def test_one_selector_that_does_not_fit_is_enough(selectors: dict[str, str]) -> None:
    assert muted([rule(**selectors)], finding()) == [False]


def test_what_is_not_known_fits_no_selector() -> None:
    bare = finding(account=None, region=None, resource=Resource(type="T", id="vpn-1"))
    rules = [rule(account="*"), rule(region="*"), rule(tag="*=*"), rule(resource="arn:*")]
    assert muted(rules, bare) == [False]
    assert muted([rule(resource="vpn-1")], bare) == [True]


@pytest.mark.parametrize("status", Status)
def test_only_what_failed_or_could_not_be_judged_is_muted(status: Status) -> None:
    wanted = status in (Status.FAILED, Status.NOT_AVAILABLE)
    assert muted([rule(region="*")], finding(status)) == [wanted]


def test_the_first_rule_that_fits_gives_the_reason() -> None:
    rules = [
        MuteRule(reason="elsewhere", expires=END, region="us-*"),
        MuteRule(reason="by tag", expires=END, tag="env=lab"),
        MuteRule(reason="by id", expires=END, resource="vpn-0a1b2c3d"),
    ]
    (found,) = Mutes(rules, today=TODAY).apply([finding()]).findings
    assert found.muted == Mute(reason="by tag", expires=END)


def test_the_order_of_the_file_counts_whatever_kind_the_rules_are() -> None:
    rules = [rule(resource="vpn-99999999")] * 9
    rules[8] = MuteRule(reason="last", expires=END, region="eu-*")
    rules[1] = MuteRule(reason="first", expires=END, resource="vpn-0a1b2c3d")
    (found,) = Mutes(rules, today=TODAY).apply([finding()]).findings
    assert found.muted == Mute(reason="first", expires=END)


def test_rules_that_nothing_fitted_are_told_over_all_batches() -> None:
    rules = [rule(region="eu-*"), rule(region="us-*"), rule(region="ap-*"), rule(control="X.1")]
    mutes = Mutes(rules, today=TODAY)
    first = mutes.apply([finding(), finding(Status.PASSED)])
    second = mutes.apply([finding(Status.PASSED, region="ap-south-1")])
    unmatched = mutes.unmatched(first.matched | second.matched)
    assert [each.selectors for each in unmatched] == [{"region": "us-*"}, {"control": "X.1"}]


def test_an_expired_rule_names_itself_and_stops_the_run() -> None:
    old = msgspec.structs.replace(rule(region="*"), where="bothup.toml, line 3, mutes[0]")
    rules = [
        msgspec.structs.replace(old, expires=TODAY, reason="until the new line is in"),
        msgspec.structs.replace(old, expires=TODAY + timedelta(days=1)),
        msgspec.structs.replace(old, expires=date(2020, 1, 1), where="bothup.toml, mutes[2]"),
    ]
    with pytest.raises(UsageError) as raised:
        Mutes(rules, today=TODAY)
    assert raised.value.exit_code == 2
    first, second = str(raised.value).splitlines()
    assert first.startswith(
        "bothup.toml, line 3, mutes[0]: expired on 2026-11-24 (until the new line is in); "
    )
    assert second.startswith("bothup.toml, mutes[2]: expired on 2020-01-01 (accepted); ")


def test_a_mute_that_came_with_the_finding_stays_until_it_expires() -> None:
    kept = finding(muted=Mute(reason="before", expires=TODAY + timedelta(days=1)))
    ended = finding(muted=Mute(reason="before", expires=TODAY))
    assert muted([], kept, ended) == [True, False]


TEXT = st.text(alphabet="ab*?[]!-\\=", max_size=4)
FINDINGS = st.builds(
    finding,
    status=st.sampled_from(Status),
    account=st.none() | TEXT,
    region=st.none() | TEXT,
    control=TEXT,
    resource=st.builds(
        Resource,
        type=st.just("T"),
        id=TEXT,
        arn=st.none() | TEXT,
        name=st.none() | TEXT,
        tags=st.dictionaries(TEXT, TEXT, max_size=2),
    ),
)
SELECTORS = st.fixed_dictionaries(
    {"resource": TEXT.filter(bool)},
    optional={
        "account": TEXT.filter(bool),
        "region": TEXT.filter(bool),
        "control": TEXT.filter(bool),
        "tag": TEXT.map(lambda text: f"{text}=*"),
    },
)
RULES = st.lists(SELECTORS.map(lambda selectors: rule(**selectors)), max_size=6)


@given(RULES, st.lists(FINDINGS, max_size=6))
def test_muting_marks_findings_and_changes_nothing_else(
    rules: list[MuteRule], findings: list[Finding]
) -> None:
    found = Mutes(rules, today=TODAY).apply(findings).findings
    assert [msgspec.structs.replace(each, muted=None) for each in found] == findings
    for each in found:
        assert each.muted is None or each.status in (Status.FAILED, Status.NOT_AVAILABLE)


@given(RULES, FINDINGS)
def test_many_rules_mute_what_one_of_them_would(rules: list[MuteRule], one: Finding) -> None:
    together = muted(rules, one)
    assert together == [any(muted([each], one) == [True] for each in rules)]


@given(FINDINGS)
def test_the_rule_made_for_a_finding_mutes_it(one: Finding) -> None:
    failed = msgspec.structs.replace(one, status=Status.FAILED)
    if failed.resource.id and failed.control:
        assert muted([exactly(failed, reason="x", expires=END)], failed) == [True]


def test_today_is_in_no_way_the_clock_of_the_machine() -> None:
    far = datetime.now(UTC).date() + timedelta(days=4000)
    with pytest.raises(UsageError):
        Mutes([rule(region="*")], today=far)
