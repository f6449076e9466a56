"""TLS: one context for all connections, as loading the CA certificates costs more than a call."""

import importlib.util
import os
import ssl
from asyncio.sslproto import SSLProtocol
from pathlib import Path

from bothup.errors import UsageError

# asyncio gives every TLS connection a buffer of 256 KiB and fills it with zeros: with hundreds of
# connections that is most of a run's memory. Two records of TLS fit into this one.
_BUFFER = 32 * 1024


def tls_context(ca_bundle: str | None = None) -> ssl.SSLContext:
    """Return a context that verifies servers, always, against a bundle of CA certificates.

    The bundle is the one given, else what `AWS_CA_BUNDLE` or `REQUESTS_CA_BUNDLE` names, else the
    one the SDK uses. Raises UsageError where it cannot be read.
    """
    SSLProtocol.max_size = _BUFFER
    origin, path = _bundle(ca_bundle)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if Path(path).is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except OSError as error:
        reason = error.strerror or "it holds no certificate"
        raise UsageError(f"{origin}: CA bundle {path!r} cannot be read: {reason}") from None
    return context


def _bundle(given: str | None) -> tuple[str, str]:
    """Return who names the bundle, and its path."""
    if given:
        return "ca_bundle", given
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        if path := os.environ.get(name):
            return name, path
    # As botocore does: certifi's where it is installed, else botocore's own.
    try:
        from certifi import where
    except ImportError:
        spec = importlib.util.find_spec("botocore")
        assert spec
        assert spec.origin
        return "botocore", str(Path(spec.origin).with_name("cacert.pem"))
    return "certifi", where()
