"""The examples of docs/alarms.md, run one after the other as they stand."""

import importlib
import pkgutil
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from bothup.alarms import checks
from bothup.alarms.check import all_checks
from bothup.cli.app import run
from bothup.config.load import load
from tests.alarms.account import REGION, Account
from tests.sim.sim_sdk import sdk_client

TEXT = (Path(__file__).parents[2] / "docs" / "alarms.md").read_text("utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
LINES = [line.partition(" #")[0].strip() for block in BLOCKS for line in block.splitlines()]
VPN = "vpn-0a1b2c3d4e5f60718"


def test_the_examples(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    sns = sdk_client(account.sim, "sns", REGION)
    arn = sns.create_topic(Name="vpn", Attributes={"KmsMasterKeyId": "alias/ours"})["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="sms", Endpoint="+15550100")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    codes = []
    for line in LINES:
        name, *words = shlex.split(line.replace(VPN, account.connection("a").id))
        assert name == "bothup"
        codes.append(run(words))
        if words[1] == "drill":  # the clock of the simulation has not moved: nothing rings yet
            assert capsys.readouterr().out.count("paged after") == 3
    assert codes == [3, *([0] * (len(LINES) - 1))]
    for name in ("alarms.tf", "alarms.json", "plan.json", "alarms.sh"):
        assert (tmp_path / name).stat().st_size


def test_the_configuration(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "bothup.toml").write_text(block)
    said = load(None, {}, tmp_path).layer["alarms"].value
    assert (said.composite, len(said.routes)) == (True, 1)


def test_every_check_and_every_code_is_told() -> None:
    assert set(re.findall(r"^\| `(BOTHUP\.ALARM\.\w+)`", TEXT, re.MULTILINE)) == {
        each.id for each in all_checks()
    }
    for info in pkgutil.iter_modules(checks.__path__):
        module = importlib.import_module(f"{checks.__name__}.{info.name}")
        source = Path(str(module.__file__)).read_text("utf-8")
        for code in re.findall(r'code="([a-z-]+)"|"((?:wrong)-[a-z]+)"', source):
            assert f"`{''.join(code)}`" in TEXT
