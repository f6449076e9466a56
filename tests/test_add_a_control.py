"""The promise of CONTRIBUTING.md: a control is one file and a folder of cases."""

import re
import subprocess
import sys
from pathlib import Path

import bothup

ROOT = Path(__file__).parent.parent
SCRIPT = """
import sys
from bothup import controls
controls.__path__.append(sys.argv.pop(1))


from bothup.cli.app import run
sys.exit(run(sys.argv[1:]))
"""


def test_the_example_control_needs_no_registering(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    source = "\n".join(line.removeprefix("   ") for line in block.splitlines())
    (tmp_path / "ec2_999.py").write_text(source + "\n")
    record = '{"VpnConnectionId": "vpn-0a1b2c3d", "State": "available"}'

    judged = call(
        tmp_path, "scan", "--control", "ec2.999", "--input", "-", "-o", "csv", stdin=record
    )
    assert judged.returncode == 3, judged.stderr
    assert "FAILED" in judged.stdout
    assert "no Name tag" in judged.stdout
    explained = call(tmp_path, "explain", "ec2.999")
    assert explained.stdout.startswith("EC2.999  VPN connections should be called something")
    assert "EC2.20" in call(tmp_path, "explain").stdout


def call(folder: Path, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=Path(bothup.__file__).parent,
    )
