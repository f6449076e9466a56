"""Settings for all tests: the same examples each run.

`--hypothesis-profile=search` looks on, and `--hypothesis-profile=nightly` for longer.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("repeat", derandomize=True, deadline=None, suppress_health_check=SLOW)
settings.register_profile(
    "search", max_examples=5000, deadline=None, suppress_health_check=SLOW, print_blob=True
)
settings.register_profile(
    "nightly", max_examples=10_000, deadline=None, suppress_health_check=SLOW, print_blob=True
)
settings.load_profile("repeat")


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads the AWS profile, the credentials or the metadata of where it runs."""
    nowhere = str(tmp_path_factory.mktemp("aws") / "none")
    with pytest.MonkeyPatch.context() as patch:
        for name in _about_aws():
            patch.delenv(name)
        patch.setenv("AWS_CONFIG_FILE", nowhere)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", nowhere)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("no_proxy", "127.0.0.1")
        yield


@pytest.fixture(scope="module", autouse=True)
def _nothing_of_other_modules() -> Iterator[None]:
    """A module that leaves its simulated AWS in the environment fails, not its neighbours."""
    before = _about_aws()
    yield
    assert _about_aws() == before, "the module's AWS settings outlive it"


def _about_aws() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
