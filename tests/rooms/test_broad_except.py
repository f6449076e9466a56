"""`except Exception` hides faults; it stands at the boundaries and nowhere else."""

import ast
from pathlib import Path

import bothup

ROOT = Path(bothup.__file__).parent
# The thread of aws/aside.py hands the error on to whoever waits for it; engine/judge.py is where a
# control that breaks costs one finding of many.
BOUNDARIES = {"cli/app.py", "aws/fleet.py", "aws/aside.py", "engine/judge.py"}


def test_broad_excepts_stand_at_the_boundaries_only() -> None:
    found = {
        str(file.relative_to(ROOT))
        for file in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler) and swallows_all(node)
    }
    assert found == BOUNDARIES


def swallows_all(handler: ast.ExceptHandler) -> bool:
    """A bare or broad handler that does not pass the error on."""
    broad = handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in ("Exception", "BaseException")
    )
    return broad and not any(isinstance(node, ast.Raise) for node in ast.walk(handler))
