"""What the cases stand on: settings, the environment of what is measured, and the endpoint."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import msgspec

from benchmarks import certificate
from benchmarks.measure import ROOT, DidNotRun

# The figures are those of EC2.20; what else is judged by default comes on top.
TUNNELS = ("--control", "EC2.20")


class Skipped(Exception):
    """What a case measures is not there; the text says what."""


class Settings(msgspec.Struct, frozen=True):
    """What the person asked for, and a folder for what the cases write."""

    bothup: Path
    runs: int
    folder: Path

    @property
    def output(self) -> Path:
        """Where measured programs print to."""
        return self.folder / "output"

    def needs(self, verb: str, flag: str) -> None:
        """Raise Skipped where the verb of this bothup has no such flag yet.

        Raises DidNotRun where it cannot even tell.
        """
        shown = subprocess.run(
            [self.bothup, verb, "--help"], capture_output=True, text=True, timeout=30
        )
        if shown.returncode:
            raise DidNotRun(f"bothup {verb} --help: {shown.stderr.strip()[-600:]}")
        if flag not in shown.stdout:
            raise Skipped(f"bothup {verb} has no {flag} yet")


class Tally(msgspec.Struct, frozen=True):
    """How often each action was asked for; seconds of processor time since the endpoint started."""

    asked: dict[str, int]
    cpu: float


class Endpoint:
    """A running benchmarks.endpoint, seen from here."""

    def __init__(self, port: int, folder: Path | None) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port, self._folder = port, folder

    @property
    def environment(self) -> dict[str, str]:
        """Leads the SDK here: by its endpoint setting or, over TLS, by its proxy setting."""
        if self._folder:
            return environment(
                HTTPS_PROXY=self.url, AWS_CA_BUNDLE=str(self._folder / certificate.AUTHORITY)
            )
        return environment(AWS_ENDPOINT_URL=self.url)

    def tally(self) -> Tally:
        """What it has done so far."""
        server = HTTPConnection("127.0.0.1", self._port)
        server.request("GET", "/tally")
        tally = msgspec.json.decode(server.getresponse().read(), type=Tally)
        server.close()
        return tally


@contextmanager
def endpoint(
    *,
    connections: int,
    accounts: int = 1,
    resources: int = 0,
    latency_ms: float = 0,
    tls: Path | None = None,
) -> Iterator[Endpoint]:
    """Serve in a process of its own; `tls` is a folder for the certificate."""
    argv = [sys.executable, "-m", "benchmarks.endpoint"]
    argv += [f"--connections={connections}", f"--accounts={accounts}", f"--latency-ms={latency_ms}"]
    argv.append(f"--resources={resources}")
    if tls:
        argv.append(f"--tls={tls}")
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            port = process.stdout.readline()
            if not port:
                raise DidNotRun("the endpoint did not start")
            yield Endpoint(int(port), tls)
        finally:
            process.terminate()


def environment(**more: str) -> dict[str, str]:
    """Fake credentials, no settings of the person's own, and nothing else but `more`."""
    nowhere = "/nonexistent"
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": nowhere,
        "AWS_ACCESS_KEY_ID": "AKIAFAKE000000000000",
        "AWS_SECRET_ACCESS_KEY": "fake-secret-of-the-benchmarks",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }


def sums(up: int, down: int) -> list[str]:
    """Patterns of the sums at the end of what `bothup scan` prints as JSON or JSON Lines."""
    return [rf'"tunnels_up": *{up}\b', rf'"tunnels_down": *{down}\b']
