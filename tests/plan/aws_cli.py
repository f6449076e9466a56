"""The AWS CLI, as far as scripts need it: it is no dependency of the tests.

`aws` is a few lines of bash that hand their words on to this process, which has the SDK loaded.
"""

import json
import os
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import jmespath
from botocore import xform_name
from botocore.exceptions import ClientError

from bothup.sim.server import SimServer

SHIM = """#!/usr/bin/env bash
exec 3<> /dev/tcp/127.0.0.1/{port}
printf '%s\\n' "$@" '' >&3
IFS= read -r code <&3
cat <&3
exit "$code"
"""


@contextmanager
def aws_cli(sim: SimServer, folder: Path, region: str | None = None) -> Iterator[str]:
    """Put `aws` into a folder, for as long as the test lasts; gives the PATH that finds it."""
    env = sim.env(region=region)
    session = boto3.session.Session(
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        region_name=env["AWS_REGION"],
    )
    clients = {
        service: session.client(service, endpoint_url=sim.url) for service in ("ec2", "logs", "sts")
    }

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            words = []
            while word := self.rfile.readline().decode().rstrip("\n"):
                words.append(word)
            try:
                self.wfile.write(b"0\n" + answer(clients, words).encode())
            except ClientError as error:
                self.wfile.write(f"254\n{error}\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        (folder / "bin").mkdir()
        aws = folder / "bin" / "aws"
        aws.write_text(SHIM.format(port=server.server_address[1]))
        aws.chmod(0o755)
        yield f"{aws.parent}:{os.environ['PATH']}"
        server.shutdown()


def answer(clients: dict[str, Any], words: list[str]) -> str:
    """What the AWS CLI prints for a command line, with --output text."""
    service, operation, *rest = words
    given = dict(flags(rest))
    query = given.pop("query", None)
    given.pop("output", None)
    given.pop("region", None)
    client, method = clients[service], operation.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    members = {xform_name(each, "-"): each for each in model.input_shape.members}
    params = dict(
        parameter(name, value, members, model.input_shape) for name, value in given.items()
    )
    told = getattr(client, method)(**params)
    told.pop("ResponseMetadata", None)
    plain = json.loads(json.dumps(told, default=lambda at: at.isoformat()))
    found = jmespath.search(query, plain) if query else plain
    rows = found if isinstance(found, list) else [found]
    lines = ("\t".join(map(str, row)) if isinstance(row, list) else str(row) for row in rows)
    return "".join(f"{line}\n" for line in lines)


def parameter(name: str, value: Any, members: dict[str, str], shape: Any) -> tuple[str, Any]:
    """A flag as the SDK's parameter; EC2 wraps a switch that the CLI has as --flag, --no-flag."""
    switched = name.removeprefix("no-") if name not in members else name
    member = shape.members[members[switched]]
    if value is True and member.type_name == "structure":
        return members[switched], {"Value": switched == name}
    return members[switched], converted(value, member.type_name)


def flags(words: list[str]) -> Iterator[tuple[str, Any]]:
    """The flags with their values; one that has none is switched on."""
    for number, word in enumerate(words):
        if word.startswith("--"):
            following = words[number + 1 : number + 2]
            has_value = following and not following[0].startswith("--")
            yield word[2:], following[0] if has_value else True


def converted(value: Any, kind: str) -> Any:
    """A flag's value as the SDK takes it."""
    if kind in ("structure", "list") and str(value).startswith(("{", "[")):
        return json.loads(value)
    if kind == "list":
        return [value]
    return int(value) if kind == "integer" else value
