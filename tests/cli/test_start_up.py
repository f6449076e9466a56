"""What starting costs: the verbs that need no SDK must not import it."""

import subprocess
import sys

import pytest

HEAVY = (
    "botocore",
    "boto3",
    "moto",
    "asyncio",
    "yaml",
    "rich.markdown",
    "bothup.aws",
    "bothup.sim",
)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["explain", "EC2.20"], ["explain"], ["scan", "--help"]]
)
def test_help_and_explain_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from bothup.cli.app import run; code = run(sys.argv[1:]); "
        "print('\\n'.join(sorted(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    loaded = done.stderr.split()
    assert done.stdout
    assert [name for name in loaded if name.startswith(HEAVY)] == []


def test_a_file_is_judged_without_the_sdk() -> None:
    code = (
        "import sys; from bothup.cli.app import run; code = run(['scan', '--input', '-', '-q']); "
        "print('\\n'.join(sorted(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input='{"VpnConnections": []}',
        capture_output=True,
        text=True,
        check=True,
    )
    assert [name for name in done.stderr.split() if name.startswith(("botocore", "boto3"))] == []
