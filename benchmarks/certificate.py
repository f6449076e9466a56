"""A certificate for every Region host, and the authority that vouches for it."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.connections import REGIONS

AUTHORITY = "authority.pem"
"""Name of the file, in the folder, that AWS_CA_BUNDLE points to."""

_SERVER = "server.pem"


def server_context(folder: Path) -> ssl.SSLContext:
    """What the endpoint shows its clients; the folder gets the authority to trust."""
    _create(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / _SERVER)
    return context


def _create(folder: Path) -> None:
    """Write the authority's certificate, and the server's with its key, into the folder.

    RSA with 2,048 bits, as AWS's own, since the kind of key decides what a handshake costs.
    """
    # Slow to import, and only one case needs it
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])

    def builder(subject: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
        )

    hosts = ["*.amazonaws.com", *(f"*.{region}.amazonaws.com" for region in REGIONS)]
    issuer = named("bothup benchmark authority")
    issuer_key, server_key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    identifier = x509.SubjectKeyIdentifier.from_public_key(issuer_key.public_key())
    may_sign = x509.KeyUsage(
        key_cert_sign=True,
        crl_sign=True,
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    authority = (
        builder(issuer, issuer_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(may_sign, critical=True)
        .add_extension(identifier, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    server = (
        builder(named("bothup benchmark endpoint"), server_key)
        .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, hosts)), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / AUTHORITY).write_bytes(authority.public_bytes(pem))
    (folder / _SERVER).write_bytes(
        server_key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + server.public_bytes(pem)
    )
