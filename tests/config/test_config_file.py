"""The configuration file: what it may say, where it is looked for, and how it is refused."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bothup.config import file
from bothup.config.file import find
from bothup.config.load import load
from bothup.errors import InputError
from bothup.model.mute_rule import MuteRule

MUTE = '[[mutes]]\nreason = "one line only"\nexpires = 2027-03-01\n'


def read(folder: Path, text: str, name: str = "bothup.toml") -> dict[str, Any]:
    (folder / name).write_text(text, "utf-8")
    return {key: chosen.value for key, chosen in file.read(Path(name)).items()}


def test_every_setting_reads_as_what_it_is(folder: Path) -> None:
    text = """
        accounts = ["111122223333"]
        org = true
        ou = ["ou-ab12-cdefghij"]
        include = ["prod-*", "env=prod"]
        exclude = ["444455556666"]
        role-name = "bothup-read"
        role-chain = ["arn:aws:iam::111122223333:role/hub"]
        external-id = "x-1"
        session-name = "nightly"
        regions = ["eu-west-1", "us-gov-west-1"]
        profile = "audit"
        timeout = 30
        deadline = 600.5
        in-flight = 64
        controls = ["EC2.20"]
        fail-on = "High"
        output = ["table", "json=scan.json"]
        """
    assert read(folder, text + MUTE + 'tag = "env=lab"') == {
        "accounts": ("111122223333",),
        "org": True,
        "ou": ("ou-ab12-cdefghij",),
        "include": ("prod-*", "env=prod"),
        "exclude": ("444455556666",),
        "role-name": "bothup-read",
        "role-chain": ("arn:aws:iam::111122223333:role/hub",),
        "external-id": "x-1",
        "session-name": "nightly",
        "regions": ("eu-west-1", "us-gov-west-1"),
        "profile": "audit",
        "timeout": 30.0,
        "deadline": 600.5,
        "in-flight": 64,
        "controls": ("EC2.20",),
        "fail-on": "High",
        "output": ("table", "json=scan.json"),
        "mutes": (
            MuteRule(
                reason="one line only",
                expires=date(2027, 3, 1),
                tag="env=lab",
                where="bothup.toml, line 19, mutes[0]",
            ),
        ),
    }


def test_accounts_may_be_a_file_beside_the_configuration(folder: Path) -> None:
    (folder / "conf").mkdir()
    (folder / "conf" / "own.toml").write_text('accounts = "accounts.txt"')
    assert file.read(Path("conf/own.toml"))["accounts"].value == "conf/accounts.txt"


def test_a_value_remembers_its_file_and_key(folder: Path) -> None:
    (folder / "bothup.toml").write_text("timeout = 30")
    origin = file.read(Path("bothup.toml"))["timeout"].origin
    assert (origin.kind, origin.name) == ("file", "bothup.toml: timeout")


WRONG = {
    # an unknown key names the nearest right one
    'role_name = "x"': "line 1, role_name: no setting is called 'role_name'; did you mean",
    "\n\ntime-out = 3": "line 3, time-out: no setting is called 'time-out'; did you mean timeout?",
    "[accouts]": "line 1, accouts: no setting is called 'accouts'; did you mean accounts?",
    MUTE + 'acount = "1"': "line 4, mutes[0].acount: a mute has no 'acount'; did you mean account?",
    MUTE + 'where = "1"': "line 4, mutes[0].where: a mute has no 'where'; did you mean",
    "colour = 1": "line 1, colour: no setting is called 'colour'; ",
    # a wrong type tells what was expected
    "accounts = [111122223333]": (
        "line 1, accounts[0]: found a whole number; expected a list of account ids"
    ),
    'accounts = ["1111-2222-3333"]': "line 1, accounts[0]: does not fit; expected a list of",
    'timeout = "60"': "line 1, timeout: found text; expected seconds for one account and Region",
    "timeout = 0": "line 1, timeout: does not fit; expected seconds for one account and Region",
    "timeout = nan": "line 1, timeout: does not fit; expected seconds",
    "in-flight = 1.5": "line 1, in-flight: found a number; expected how many accounts and Regions",
    'org = "yes"': "line 1, org: found text; expected true to read the whole organization",
    'regions = "eu-west-1"': "line 1, regions: found text; expected a list of Regions",
    'regions = ["eu-west"]': "line 1, regions[0]: does not fit; expected a list of Regions",
    'role-name = ""': "line 1, role-name: does not fit; expected the name of a role",
    'fail-on = "hgih"': "line 1, fail-on: does not fit; expected none, informational, low, medium,",
    "mutes = true": "line 1, mutes: found true or false; expected [[mutes]] tables",
    # a mute needs a reason, an end and something to mute
    '[[mutes]]\nreason = "x"\ntag = "a=b"': "line 1, mutes[0].expires: expires is missing; exp",
    '[[mutes]]\nexpires = 2027-03-01\ntag = "a=b"': "line 1, mutes[0].reason: reason is missing",
    MUTE: "line 1, mutes[0]: names nothing to mute; give one of account, region, resource, tag",
    MUTE + 'tag = "lab"': "line 1, mutes[0]: the tag has no",
    MUTE + 'region = ""': "line 4, mutes[0].region: does not fit; expected a Region or a glob",
    MUTE.replace("one line only", " ") + 'region = "*"': "line 1, mutes[0]: the reason is empty",
    MUTE.replace(
        "2027-03-01", '"soon"'
    ): "line 3, mutes[0].expires: does not fit; expected the day",
    MUTE.replace(
        "2027-03-01", "2027-03-01T10:00:00"
    ): "line 3, mutes[0].expires: found a date with",
    # the place is that of the faulty table, not of one that looks like it
    MUTE + 'tag = "a=b"\n\n' + MUTE + "tag = 1": "line 9, mutes[1].tag: found a whole number",
    # what is not TOML
    "timeout = \n": "line 1, column 11: not TOML: ",
    "org = true\norg = true\n": "line 2, column 11: not TOML: ",
}


@pytest.mark.parametrize(("text", "expected"), WRONG.items(), ids=lambda text: repr(text[:30]))
def test_what_makes_no_sense_is_named_with_its_place(
    folder: Path, text: str, expected: str
) -> None:
    with pytest.raises(InputError) as raised:
        read(folder, text)
    assert str(raised.value).startswith(f"bothup.toml, {expected}")


def test_in_a_pyproject_the_lines_are_those_of_the_whole_file(folder: Path) -> None:
    text = '[project]\nname = "x"\ntimeout = 1\n\n[tool.bothup]\ntimeout = "1"\n'
    with pytest.raises(InputError, match=r"^pyproject.toml, line 6, timeout: found text"):
        read(folder, text, "pyproject.toml")
    text += "[[tool.bothup.mutes]]\nreason = 1\n"
    with pytest.raises(InputError, match=r"^pyproject.toml, line 8, mutes\[0\].reason: found a wh"):
        read(folder, text.replace('"1"', "1"), "pyproject.toml")


def test_what_cannot_be_read_is_named(folder: Path) -> None:
    with pytest.raises(InputError, match=r"^gone.toml: No such file or directory"):
        file.read(Path("gone.toml"))
    (folder / "latin.toml").write_bytes(b'role-name = "caf\xe9"')
    with pytest.raises(InputError, match=r"^latin.toml, byte 17: not UTF-8"):
        file.read(Path("latin.toml"))


def test_a_byte_order_mark_does_no_harm(folder: Path) -> None:
    assert read(folder, "\N{BOM}timeout = 1") == {"timeout": 1.0}


def test_the_nearest_file_is_read_and_no_other(folder: Path) -> None:
    environ = {"HOME": "home"}
    assert find(environ, Path()) is find({}, Path()) is None

    user = folder / "home" / ".config" / "bothup" / "config.toml"
    user.parent.mkdir(parents=True)
    user.write_text("timeout = 3")
    assert find(environ, Path()) == Path("home/.config/bothup/config.toml")

    xdg = folder / "xdg" / "bothup" / "config.toml"
    xdg.parent.mkdir(parents=True)
    xdg.write_text("timeout = 4")
    assert find({"HOME": "home", "XDG_CONFIG_HOME": "xdg"}, Path()) == Path(
        "xdg/bothup/config.toml"
    )

    (folder / "pyproject.toml").write_text("[tool.bothup]\ntimeout = 2")
    assert find(environ, Path()) == Path("pyproject.toml")

    (folder / "bothup.toml").write_text("in-flight = 5")
    assert find(environ, Path()) == Path("bothup.toml")
    assert list(load(None, environ, Path()).layer) == ["in-flight"]


@pytest.mark.parametrize(
    "text", ['[project]\nname = "bothup"', "[tool.ruff]", "[tool.bothup]", "not TOML [", ""]
)
def test_the_pyproject_of_another_tool_is_left_alone(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text)
    assert find({"HOME": "home"}, Path()) is None


def test_a_file_can_be_named_by_a_flag_or_else_by_a_variable(folder: Path) -> None:
    for name in ("bothup.toml", "one.toml", "two.toml"):
        (folder / name).write_text(f'profile = "{name}"')

    def profile(named: str | None, environ: dict[str, str]) -> str:
        return str(load(named, environ, Path()).layer["profile"].value)

    assert profile("one.toml", {"BOTHUP_CONFIG": "two.toml"}) == "one.toml"
    assert profile(None, {"BOTHUP_CONFIG": "two.toml"}) == "two.toml"
    assert profile(None, {}) == "bothup.toml"
    with pytest.raises(InputError, match=r"^three.toml: No such file"):
        load(None, {"BOTHUP_CONFIG": "three.toml"}, Path())
