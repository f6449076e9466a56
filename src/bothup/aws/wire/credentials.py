"""Credentials: the keys that sign a call."""

from os.path import commonprefix

import msgspec

from bothup.errors import UsageError

# So many characters of a secret are taken for the secret.
_TELLING = 16


class Credentials(msgspec.Struct, frozen=True):
    """An access key, its secret, and the session token of temporary credentials.

    `account` is whose they are, as far as whoever gave them said so. The secret and the token never
    show in its repr. Raises UsageError where the access key or the token could not stand in an HTTP
    header, as with a line break copied along.
    """

    access_key: str
    secret_key: str
    token: str | None = None
    account: str | None = None

    def __repr__(self) -> str:
        """Show nothing that is secret."""
        return f"Credentials(access_key={self.access_key!r}, account={self.account!r})"

    def __post_init__(self) -> None:
        for name, value in (("access key", self.access_key), ("session token", self.token or "-")):
            if not value or not value.isascii() or not value.isprintable() or " " in value:
                raise UsageError(f"AWS credentials: the {name} is empty or has a stray character")

    def masked(self, text: str) -> str:
        """Return the text with these credentials blotted out, also where they are cut short.

        AWS quotes a request, and with it the token, where a signature is wrong.
        """
        for secret in filter(None, (self.token, self.secret_key)):
            first, *others = text.split(secret[:_TELLING])
            rest = secret[_TELLING:]
            # Character by character is what is meant here.
            shown = [len(commonprefix([other, rest])) for other in others]  # noqa: RUF071
            text = "***".join([first, *(o[n:] for o, n in zip(others, shown, strict=True))])
        return text
