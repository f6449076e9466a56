"""The SDK's answers where the environment alone gives them.

With keys in the environment and none of the SDK's files on the machine, as in a container, a build
or a function, what is asked of the SDK follows from a few variables. Being told so by the SDK costs
more than a third of a small scan, for the import. Whatever else could have a say (a profile, FIPS,
keys that expire, another partition) is left to the SDK.
"""

import os
import re
from collections.abc import Mapping

import msgspec

# Each of them makes a difference that only the SDK knows in full.
_OTHERS = (
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_DATA_PATH",
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
)
_FILES = {"AWS_CONFIG_FILE": "~/.aws/config", "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials"}
_MODELS = "~/.aws/models"
# Services that every Region of the first partition has under the name of the Region.
_REGIONAL = frozenset({"ec2", "sts"})
_FIRST_PARTITION = re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+")


class Environment(msgspec.Struct, frozen=True):
    """What the variables say: the keys, with the SDK's names, and its settings."""

    access_key: str
    secret_key: str
    token: str | None
    account_id: str | None
    region: str | None
    ca_bundle: str | None
    endpoint_urls: dict[str, str]

    def url(self, service: str, region: str) -> str | None:
        """Say where a service answers; None is for the SDK to say."""
        if service not in _REGIONAL:
            return None
        if named := self.endpoint_urls.get(service) or self.endpoint_urls.get(""):
            return named
        if not _FIRST_PARTITION.fullmatch(region):
            return None
        return f"https://{service}.{region}.amazonaws.com"


def environment(variables: Mapping[str, str]) -> Environment | None:
    """Return what the variables say, None where the SDK has to be asked."""
    access_key = variables.get("AWS_ACCESS_KEY_ID")
    secret_key = variables.get("AWS_SECRET_ACCESS_KEY")
    if not access_key or not secret_key or any(name in variables for name in _OTHERS):
        return None
    files = [variables.get(name, usual) for name, usual in _FILES.items()]
    if any(map(_exists, (*files, _MODELS))):
        return None
    return Environment(
        access_key=access_key,
        secret_key=secret_key,
        token=variables.get("AWS_SECURITY_TOKEN") or variables.get("AWS_SESSION_TOKEN") or None,
        account_id=variables.get("AWS_ACCOUNT_ID") or None,
        region=variables.get("AWS_DEFAULT_REGION"),
        ca_bundle=variables.get("AWS_CA_BUNDLE"),
        endpoint_urls={
            "": variables.get("AWS_ENDPOINT_URL", ""),
            "ec2": variables.get("AWS_ENDPOINT_URL_EC2", ""),
            "sts": variables.get("AWS_ENDPOINT_URL_STS", ""),
        },
    )


def _exists(path: str) -> bool:
    # As the SDK does it, which takes a home without a name and a folder without access for none.
    path = os.path.expanduser(os.path.expandvars(path))  # noqa: PTH111
    return os.path.exists(path)  # noqa: PTH110
