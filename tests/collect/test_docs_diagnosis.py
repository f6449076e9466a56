"""The examples of docs/diagnosis.md, and what it says of the documents."""

import json
import re
import shlex
from pathlib import Path

import msgspec
import pytest

from bothup.model.diagnosis import CauseVerdict, Clue, Diagnosis, TunnelDiagnosis
from bothup.sim.server import SimServer
from tests.collect.conftest import Run
from tests.collect.ground import connection, gathered

TEXT = (Path(__file__).parent.parent.parent / "docs" / "diagnosis.md").read_text("utf-8")
EXAMPLES = re.findall(r"^\$ bothup (.*)$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_example(bothup: Run, sim: SimServer, tmp_path: Path, example: str) -> None:
    name = connection(sim, "quay-1").id
    (tmp_path / "gw.log").write_text("Nov 24 05:00:00 gw charon: 1[IKE] <a|1> giving up\n")
    (tmp_path / "gw.cfg").write_text("crypto isakmp policy 1\n encr aes\n")
    evidence = {"schema": "bothup.evidence/1", "connection": {"VpnConnectionId": name}}
    (tmp_path / "evidence.json").write_text(json.dumps(evidence))
    told = example.replace("vpn-0a1b2c3d4e5f60718", name)
    done = bothup(*shlex.split(told))
    assert done.returncode in (0, 3, 4), done.stderr
    assert done.stdout or "-o evidence.json" in example


def test_every_member_of_the_documents_is_described(sim: SimServer) -> None:
    members = set(gathered(sim, "broken")) | {"missing_evidence", "at", "device_config"}
    for shape in (Diagnosis, TunnelDiagnosis, CauseVerdict, Clue):
        members |= {field.name for field in msgspec.structs.fields(shape)}
    told = set(re.findall(r"[`<]([a-z_]+)(?:\[\])?`", TEXT))
    assert members <= told
