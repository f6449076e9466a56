"""Certificates: a small authority of a laboratory's own, by strongSwan's `pki`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bothup.lab.charon import Charon
from bothup.lab.command import run

_FORM = "%Y-%m-%d %H:%M:%S"
_DAY = timedelta(days=1)


class Authority:
    """One certification authority, with its files in a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self.name = folder, name
        self._key, self.certificate = folder / f"{name}.key", folder / f"{name}.pem"
        _key(self._key)
        told = run("pki", "--self", "--ca", "--in", str(self._key), "--type", "ecdsa",
                   "--dn", f"CN={name}", "--outform", "pem")  # fmt: skip
        self.certificate.write_text(told)

    def issue(
        self, identity: str, *, begins: timedelta = -_DAY, ends: timedelta = 300 * _DAY
    ) -> tuple[Path, Path]:
        """A certificate for an identity, and its key; valid from and until so long from now."""
        now = datetime.now(UTC)
        key = self._folder / f"{identity}-{now.timestamp()}.key"
        _key(key)
        told = run(
            *("pki", "--issue", "--in", str(key), "--type", "priv", "--outform", "pem"),
            *("--cacert", str(self.certificate), "--cakey", str(self._key)),
            *("--dn", f"CN={identity}", "--san", identity),
            *("--not-before", f"{now + begins:{_FORM}}", "--not-after", f"{now + ends:{_FORM}}"),
            *("--dateform", _FORM),
            env={"TZ": "UTC", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )
        path = key.with_suffix(".pem")
        path.write_text(told)
        return path, key


class AwsCertificate:
    """The certificate of one endpoint, and the authority whose certificates it takes."""

    def __init__(self, authority: Authority, identity: str) -> None:
        self._authority = authority
        self._own, self._key = authority.issue(identity)

    def load(self, charon: Charon) -> None:
        """Give the daemon the certificates and the key."""
        authority = self._authority.certificate.read_text("utf-8")
        charon.ask("load-cert", {"type": "X509", "flag": "CA", "data": authority})
        charon.ask("load-cert", {"type": "X509", "flag": "NONE", "data": self._own.read_text()})
        charon.ask("load-key", {"type": "ecdsa", "data": self._key.read_text("utf-8")})

    def sides(self, identity: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Both sides' authentication in VICI's words; any identity that is certified will do."""
        authority = self._authority.certificate.read_text("utf-8")
        local = {"auth": "pubkey", "id": identity, "certs": [self._own.read_text("utf-8")]}
        return local, {"auth": "pubkey", "id": "%any", "cacerts": [authority]}


def _key(path: Path) -> None:
    path.write_text(run("pki", "--gen", "--type", "ecdsa", "--size", "256", "--outform", "pem"))
    path.chmod(0o600)
