"""The rooms of the source tree and who may import whom; moving code must not blur them."""

import ast
import re
from pathlib import Path

import pytest

import bothup

ROOT = Path(bothup.__file__).parent
MAY_IMPORT = {
    "model": set(),
    "config": {"model"},
    "read": {"model"},
    "aws": {"model", "read"},
    "controls": {"model"},
    "causes": {"model"},
    "remedies": {"model"},
    "engine": {"model", "controls", "causes", "remedies"},
    "apply": {"model", "aws"},
    "alarms": {"model", "engine", "export", "report"},
    "keepalive": {"model", "history"},
    "history": {"model"},
    "report": {"model", "engine"},
    "export": {"model", "report"},
    "pages": {"model", "report"},
    "findings": {"model", "report"},
    "deploy": {"model", "read", "aws", "engine"},
    "sim": {"model"},
    "lab": {"model", "sim"},
    "iam": {"aws", "model"},
    "cli": {
        *("model", "config", "read", "aws", "controls", "engine", "apply", "alarms"),
        *("keepalive", "history"),
        *("report", "export", "pages", "findings", "iam", "sim", "lab"),
    },
}
OF_ALL = {"errors"}  # the error tree and the version stand above the rooms
FOREIGN = {
    "botocore": {"aws", "sim"},
    "boto3": set(),
    "moto": {"sim"},
    "prometheus_client": {"keepalive"},
    "rich": {"cli", "report"},
    "vici": {"lab"},
}
FILES = sorted(ROOT.rglob("*.py"))


def imports(file: Path) -> set[str]:
    """Every module that a file imports, wherever in it and however."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import hides its room"
            module = node.module or ""
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def room(file: Path) -> str:
    return file.relative_to(ROOT).parts[0]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_imports_only_the_rooms_that_its_room_may(file: Path) -> None:
    here = room(file)
    if here.endswith(".py"):
        return
    ours = {name.split(".")[1] for name in imports(file) if name.startswith("bothup.")}
    assert ours - {here} - OF_ALL - {"__version__"} <= MAY_IMPORT[here]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_uses_foreign_libraries_only_in_their_rooms(file: Path) -> None:
    for name in imports(file):
        allowed = FOREIGN.get(name.split(".")[0])
        assert allowed is None or room(file) in allowed, f"{room(file)} imports {name}"


def test_only_the_command_line_prints() -> None:
    for file in FILES:
        calls = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))))
        prints = [
            node
            for node in calls
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
        ]
        assert not prints or room(file) == "cli", file


def test_newcomers_are_told_of_every_room() -> None:
    text = (ROOT.parent.parent / "CONTRIBUTING.md").read_text("utf-8")
    table = text.partition("## Rooms")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)/`", row)} == set(MAY_IMPORT)


def test_every_room_is_known() -> None:
    rooms = {room(file) for file in FILES if not room(file).endswith(".py")}
    assert rooms <= set(MAY_IMPORT)
