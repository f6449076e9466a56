"""Flags win over the environment, the environment over the file; every value tells its origin."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cyclopts import App

from bothup.cli.app import run
from bothup.cli.options import Reach
from bothup.cli.settings import Configuration, fill, idle
from bothup.config import environment
from bothup.config.layers import Chosen, Origin, over
from bothup.errors import UsageError
from bothup.model.mute_rule import MuteRule
from tests.config.conftest import Call

FILE = """
role-name = "from-file"
regions = ["eu-west-1", "eu-central-1"]
timeout = 30
in-flight = 8
"""


def shown(call: Call, *flags: str) -> dict[str, tuple[Any, str]]:
    """Each setting's value, and who set it: a kind, or a name."""
    ran = call("config", "show", "-o", "json", *flags)
    assert ran.code == 0, ran
    settings = json.loads(ran.out)["settings"]
    return {
        key: (each["value"], each["origin"]["name"] or each["origin"]["kind"])
        for key, each in settings.items()
    }


def test_each_layer_wins_over_the_one_below(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown(call)["timeout"] == (60.0, "default")
    (folder / "bothup.toml").write_text(FILE)
    assert shown(call)["timeout"] == (30.0, "bothup.toml: timeout")
    monkeypatch.setenv("BOTHUP_TIMEOUT", "20")
    assert shown(call)["timeout"] == (20.0, "BOTHUP_TIMEOUT")
    assert shown(call, "--timeout", "10")["timeout"] == (10.0, "--timeout")


def test_a_flag_wins_even_where_it_says_what_the_default_is(call: Call, folder: Path) -> None:
    (folder / "bothup.toml").write_text(FILE)
    found = shown(call, "--timeout", "60", "--in-flight", "320")
    assert found["timeout"] == (60.0, "--timeout")
    assert found["in-flight"] == (320, "--in-flight")


def test_a_list_is_replaced_not_added_to(call: Call, folder: Path) -> None:
    (folder / "bothup.toml").write_text(FILE)
    assert shown(call)["regions"] == (["eu-west-1", "eu-central-1"], "bothup.toml: regions")
    assert shown(call, "--region", "us-east-1")["regions"] == (["us-east-1"], "--region")


def test_settings_that_nobody_made_show_their_default(call: Call) -> None:
    found = shown(call)
    assert {origin for _, origin in found.values()} == {"default"}
    assert found["deadline"][0] is None
    assert found["fail-on"][0] == "informational"
    assert found["controls"][0] == ["default"]


@pytest.mark.parametrize(
    ("flags", "accounts", "org", "ou"),
    [
        ((), None, "bothup.toml: org", "bothup.toml: ou"),
        (("--account", "111122223333"), "--account", "default", "default"),
        (("--accounts", "111122223333"), "--accounts", "default", "default"),
        (("--org",), "default", "bothup.toml: org", "bothup.toml: ou"),
        (("--ou", "r-1234"), "default", "bothup.toml: org", "--ou"),
    ],
)
def test_naming_accounts_puts_the_files_organization_aside(
    call: Call, folder: Path, flags: tuple[str, ...], accounts: str | None, org: str, ou: str
) -> None:
    (folder / "bothup.toml").write_text('org = true\nou = ["ou-1"]\nrole-name = "r"')
    found = shown(call, *flags)
    assert found["accounts"][1] == (accounts or "default")
    assert (found["org"][1], found["ou"][1]) == (org, ou)
    assert found["role-name"][1] == "bothup.toml: role-name"


@pytest.mark.parametrize("flag", ["--account", "--accounts"])
def test_a_verb_gets_the_accounts_of_its_flags_alone(folder: Path, flag: str) -> None:
    (folder / "bothup.toml").write_text(
        'accounts = ["111122223333", "222233334444"]\nrole-name = "reader"\ntimeout = 5'
    )
    assert reached() == Reach(accounts="111122223333,222233334444", role_name="reader", timeout=5.0)
    (folder / "bothup.toml").write_text('org = true\nrole-name = "reader"\ntimeout = 5')
    assert reached() == Reach(org=True, role_name="reader", timeout=5.0)
    found = reached(flag, "333344445555", "--timeout", "60")
    assert not found.org
    assert found.accounts in (None, "333344445555")
    assert (found.role_name, found.timeout) == ("reader", 60.0)
    (folder / "bothup.toml").write_text('accounts = ["111122223333"]')
    assert reached(flag, "333344445555").accounts in (None, "333344445555")


def reached(*flags: str) -> Reach:
    """What a verb is given."""

    def probe(
        *,
        configuration: Configuration = Configuration(),  # noqa: B008
        reach: Reach = Reach(),  # noqa: B008
    ) -> Reach:
        return reach

    app = App(name="bothup", result_action="return_value", config=(fill,))
    app.command(probe)
    found: Reach = app(["probe", *flags], exit_on_error=False)
    return found


def test_asking_for_the_organization_puts_the_files_accounts_aside(
    call: Call, folder: Path
) -> None:
    (folder / "bothup.toml").write_text('accounts = ["111122223333"]')
    assert shown(call)["accounts"] == (["111122223333"], "bothup.toml: accounts")
    found = shown(call, "--org")
    assert found["accounts"][1] == "default"
    assert found["org"] == (True, "--org")


def test_a_variable_can_switch_the_files_organization_off(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'org = true\ninclude = ["prod-*"]\nrole-name = "read"\nexternal-id = "x1"\n'
    (folder / "bothup.toml").write_text(text)
    monkeypatch.setenv("BOTHUP_ORG", "false")
    found = shown(call)
    assert found["org"][0] is False
    assert found["include"] == ([], "default")
    assert found["role-name"] == found["external-id"] == (None, "default"), "it has no use"
    monkeypatch.setenv("BOTHUP_ACCOUNTS", "111122223333")
    assert shown(call)["role-name"][0] == "read"


def test_the_upper_layer_decides_what_it_sets_and_nothing_else() -> None:
    lower = {key: Chosen("lower", Origin("file", key)) for key in ("timeout", "profile")}
    upper = {"profile": Chosen("upper", Origin("flag", "--profile"))}
    assert {key: each.value for key, each in over(upper, lower).items()} == {
        "timeout": "lower",
        "profile": "upper",
    }


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('output = ["tabel"]', "bothup.toml: output: no output format is called 'tabel'; did you"),
        ('output = ["json", "csv"]', "bothup.toml: output: only one -o format can go to stdout"),
        ('controls = ["EC2.200"]', "bothup.toml: controls: no control is called 'EC2.200'; did"),
    ],
)
def test_names_that_only_a_verb_knows_are_still_traced_to_the_file(
    folder: Path, text: str, error: str
) -> None:
    (folder / "bothup.toml").write_text(text)

    def probe(
        *,
        output: tuple[str, ...] = (),
        control: tuple[str, ...] = (),
        configuration: Configuration = Configuration(),  # noqa: B008
    ) -> None: ...

    app = App(name="bothup", config=(fill,))
    app.command(probe)
    with pytest.raises(UsageError, match=f"^{error}"):
        app(["probe"], exit_on_error=False)


def test_only_the_first_few_idle_mutes_are_told_of() -> None:
    rules = [
        MuteRule(reason="old", expires=date(2999, 1, 1), region="*", where=f"mutes[{index}]")
        for index in range(7)
    ]
    assert list(idle(rules[:1])) == ["mutes[0]: this mute fits nothing that was read (old)"]
    assert list(idle(rules))[4:] == [
        "mutes[4]: this mute fits nothing that was read (old)",
        "2 more mutes fit nothing that was read",
    ]


def test_variables_are_read_as_their_settings_types() -> None:
    environ = {
        "BOTHUP_ACCOUNTS": "111122223333, 444455556666",
        "BOTHUP_ORG": "true",
        "BOTHUP_REGIONS": "eu-west-1,us-east-1",
        "BOTHUP_IN_FLIGHT": "12",
        "BOTHUP_DEADLINE": "90.5",
        "BOTHUP_EXTERNAL_ID": "0123",
        "BOTHUP_PROFILE": "",
        "BOTHUP_CONFIG": "bothup.toml",
        "UNRELATED": "1",
    }
    assert {key: each.value for key, each in environment.read(environ).items()} == {
        "accounts": ("111122223333", "444455556666"),
        "org": True,
        "regions": ("eu-west-1", "us-east-1"),
        "in-flight": 12,
        "deadline": 90.5,
        "external-id": "0123",
    }
    accounts = environment.read({"BOTHUP_ACCOUNTS": "accounts.txt"})["accounts"]
    assert accounts.value == "accounts.txt"


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("BOTHUP_TIMEOUT", "soon", "seconds for one account and Region"),
        ("BOTHUP_TIMEOUT", "-1", "seconds for one account and Region"),
        ("BOTHUP_ORG", "maybe", "true to read the whole organization, or false"),
        ("BOTHUP_REGIONS", "eu-west-1,Ireland", "a list of Regions"),
        ("BOTHUP_ACCOUNTS", "1234", "a list of account ids"),
        ("BOTHUP_FAIL_ON", "severe", "none, informational, low, medium, high or critical"),
    ],
)
def test_a_variable_that_does_not_fit_is_named(variable: str, text: str, expected: str) -> None:
    with pytest.raises(UsageError, match=f"^{variable} does not fit; expected {expected}"):
        environment.read({variable: text})


@pytest.mark.parametrize("arguments", ["config show", "scan --input -", "baseline", "diagnose"])
def test_a_variable_that_sets_nothing_is_an_error_of_every_verb(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: str
) -> None:
    monkeypatch.setenv("BOTHUP_ROLENAME", "x")
    monkeypatch.setenv("BOTHUP_CONFIG", "")
    assert run(arguments.split()) == 2
    said = "bothup: BOTHUP_ROLENAME sets nothing; did you mean BOTHUP_ROLE_NAME?\n"
    assert capsys.readouterr() == ("", said)


def test_the_table_shows_value_and_origin_side_by_side(call: Call, folder: Path) -> None:
    (folder / "bothup.toml").write_text(
        FILE + '[[mutes]]\nregion = "*"\nreason = "old"\nexpires = 2020-01-01\n'
    )
    lines = call("config", "show", "--role-name", "mine").out.splitlines()
    words = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines}
    assert words["role-name"].split() == ['"mine"', "--role-name"]
    assert words["timeout"].split() == ["30.0", "bothup.toml:", "timeout"]
    assert words["external-id"].split() == ["-", "default"]
    assert words["mutes"].startswith("1 rule, 1 expired ")


def test_the_settings_can_go_to_a_file(call: Call, folder: Path) -> None:
    assert call("config", "show", "-o", "json=settings.json").out == ""
    assert json.loads((folder / "settings.json").read_text())["schema"] == "bothup.config/1"
    ran = call("config", "show", "-o", "jsn")
    assert ran.code == 2
    assert "did you mean json?" in ran.error


def test_a_broken_file_stops_the_run_and_help_does_not_read_it(call: Call, folder: Path) -> None:
    (folder / "bothup.toml").write_text("rolename = 1")
    ran = call("config", "show")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean role-name?" in ran.error
    assert "Usage" in call("config", "show", "--help").out
