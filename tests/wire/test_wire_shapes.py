"""The shapes that every run needs are what the SDK says today, and cost no SDK."""

import subprocess
import sys

import pytest

from bothup.aws.wire import operation
from bothup.aws.wire.generate import EVERY_RUN, models, rendered
from bothup.aws.wire.shapes import TABLE, service_model


def test_the_table_is_what_the_sdk_says_today() -> None:
    """Where this fails after an update of botocore: `python -m bothup.aws.wire.generate`."""
    assert rendered() == TABLE.read_bytes()
    for service, model in models().items():
        for name in EVERY_RUN[service]:
            assert service_model(service, name) == model


@pytest.mark.parametrize(
    ("service", "name", "error"),
    [
        ("ec2", "DescribeNothing", KeyError),
        ("ec3", "DescribeVpnConnections", KeyError),
        ("logs", "FilterLogEvents", ValueError),
    ],
)
def test_what_cannot_be_called_is_an_error(service: str, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        operation(service, name)


def test_an_operation_is_made_once() -> None:
    assert operation("ec2", "DescribeRegions") is operation("ec2", "DescribeRegions")


LOADED = """
import sys
from bothup.aws.wire import operation
for service, name in {what}:
    operation(service, name)
print(*sorted(name for name in sys.modules if name in {heavy}))
"""


def test_what_every_run_calls_needs_no_sdk() -> None:
    what = [(service, name) for service, names in EVERY_RUN.items() for name in names]
    heavy = {"botocore", "urllib3", "urllib.request", "email.utils", "certifi", "dateutil"}
    code = LOADED.format(what=what, heavy=heavy)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
