"""The SDK's session: who signs, where a service answers, which settings apply.

Credentials, endpoints, proxies and the CA bundle are botocore's own (environment, profiles, SSO,
`AWS_ENDPOINT_URL`, FIPS and dual-stack included). botocore is imported when the first session is
made, not before: `--help` must not pay for it; nor does a session whose answers are all in the
environment, until something else is asked of it.
"""

import functools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from bothup.aws.aside import aside
from bothup.aws.budget import Budget
from bothup.aws.environment import environment
from bothup.aws.wire import Credentials, Endpoint
from bothup.errors import AwsError, UsageError
from bothup.model.names import ACCOUNT_ID, REGION
from bothup.model.target import partition_of

if TYPE_CHECKING:
    from botocore.session import Session as BotocoreSession

# Services whose requests are signed for another name.
_SIGNED_AS = {"cloudwatch": "monitoring"}
HOME_REGION = "us-east-1"
# Long enough for somebody to confirm a login on another device.
_FIND_SECONDS = 300.0


class Session:
    """The SDK's view of one profile.

    `regions` are those that are going to be read: they tell the partition where the configuration
    does not. Raises UsageError where the profile does not exist or the SDK's files are broken.
    """

    def __init__(self, profile: str | None = None, regions: Sequence[str] = ()) -> None:
        self._profile, self._regions = profile, regions
        self._plain = None if profile else environment(os.environ)
        if self._plain is None:
            _ = self._session  # what is wrong with the configuration is told at once

    @functools.cached_property
    def _session(self) -> "BotocoreSession":
        import botocore.session
        from botocore.exceptions import BotoCoreError

        try:
            session = botocore.session.Session(profile=self._profile)
            session.get_scoped_config()
        except BotoCoreError as error:
            raise UsageError(f"AWS configuration: {error}") from None
        return session

    @functools.cached_property
    def region(self) -> str | None:
        """The Region that the environment or the profile names."""
        named = os.environ.get("AWS_REGION") or self._setting("region")
        return check_region(named) if named else None

    @functools.cached_property
    def home_region(self) -> str:
        """Where to ask questions that concern no Region in particular."""
        home = self.region or HOME_REGION
        if self._regions and partition_of(home) != partition_of(self._regions[0]):
            return self._regions[0]
        return home

    @property
    def ca_bundle(self) -> str | None:
        """Path of the CA bundle that the SDK's settings name, None for the SDK's own."""
        return self._setting("ca_bundle")

    def _setting(self, name: Literal["region", "ca_bundle"]) -> str | None:
        if self._plain is not None:
            return self._plain.region if name == "region" else self._plain.ca_bundle
        setting: str | None = self._session.get_config_variable(name)
        return setting

    async def credentials(self, run: Budget | None = None) -> Credentials:
        """Return credentials that are valid now; raise UsageError where there are none.

        Finding them may run a process or call a service, so that is done aside; raises Unreachable
        where it takes longer than is left of the run.
        """
        frozen = self._plain or await self._found(run)
        account = frozen.account_id if ACCOUNT_ID.fullmatch(frozen.account_id or "") else None
        return Credentials(frozen.access_key, frozen.secret_key, frozen.token, account)

    async def _found(self, run: Budget | None) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            frozen = await aside(self._frozen, "the credentials", Budget.of(_FIND_SECONDS, run))
        except (BotoCoreError, ClientError) as error:
            raise UsageError(f"AWS credentials: {error}") from None
        except (OSError, ValueError) as error:
            # A program that gives credentials failed; what it printed may hold them.
            kind = type(error).__name__
            raise UsageError(f"AWS credentials: they cannot be found ({kind})") from None
        if frozen is None or not frozen.access_key:
            raise UsageError(
                "no AWS credentials found; log in (aws sso login, aws configure), name a profile "
                "(--profile), or read what you have at hand: bothup scan --input FILE, "
                "bothup diagnose --evidence FILE"
            )
        return frozen

    def _frozen(self) -> Any:
        found = self._session.get_credentials()
        return found.get_frozen_credentials() if found else None

    def client(self, service: str) -> Any:
        """Make the SDK's own client, for what is asked once a run."""
        return self._session.create_client(service, region_name=self.home_region)

    @functools.cache  # noqa: B019 - a session lives as long as the run
    def endpoint(self, service: str, region: str) -> Endpoint:
        """Say where a service answers in a Region, by the SDK's own rules and settings."""
        url = self._plain.url(service, region) if self._plain is not None else None
        url = url or self._configured_url(service) or self._resolved_url(service, region)
        return Endpoint(url, region, _SIGNED_AS.get(service, service))

    @functools.cache  # noqa: B019 - a session lives as long as the run
    def _configured_url(self, service: str) -> str | None:
        from botocore.configprovider import ConfiguredEndpointProvider

        if self._session.get_config_variable("ignore_configured_endpoint_urls"):
            return None
        provider = ConfiguredEndpointProvider(
            full_config=self._session.full_config,
            scoped_config=self._session.get_scoped_config(),
            client_name=service,
        )
        url: str | None = provider.provide()
        return url

    @functools.cache  # noqa: B019 - a session lives as long as the run
    def _resolved_url(self, service: str, region: str) -> str:
        from botocore.exceptions import EndpointProviderError

        options = {
            "Region": region,
            "UseFIPS": bool(self._session.get_config_variable("use_fips_endpoint")),
            "UseDualStack": bool(self._session.get_config_variable("use_dualstack_endpoint")),
        }
        try:
            return str(self._rules(service).resolve_endpoint(**options).url)
        except EndpointProviderError as error:
            raise AwsError(f"no endpoint for {service} in {region}: {error}") from None

    @functools.cache  # noqa: B019 - a session lives as long as the run
    def _rules(self, service: str) -> Any:
        from botocore.endpoint_provider import EndpointProvider

        loader = self._session.get_component("data_loader")
        rules = loader.load_service_model(service, "endpoint-rule-set-1")
        return EndpointProvider(rules, loader.load_data("partitions"))


def check_region(region: str) -> str:
    """Return the Region's name if it has the form of one; raise UsageError otherwise.

    A name ends up in a host name, so nothing else may pass.
    """
    if not REGION.fullmatch(region):
        raise UsageError(f"{region!r} is not the name of a Region; expected one like eu-west-1")
    return region
