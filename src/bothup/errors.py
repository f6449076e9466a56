"""Every error that bothup raises on purpose.

BothupError                what happened, where, and what to do next; exit code 1
├── UsageError             a flag, a name or a configuration that makes no sense; exit code 2
│   └── WrongParameter     a control has no such parameter, or it cannot be set to that
├── InputError             text that is not what it should be: file, line or path, expected; exit 2
└── AwsError               AWS answered with an error, or did not answer; becomes Coverage
    ├── Denied             the credentials may not do this
    ├── CredentialsRejected  AWS does not know the credentials (or the Region is not enabled)
    ├── Expired            the credentials, or the request's signature, are no longer valid
    ├── NotEnabled         the Region is not enabled for the account
    ├── Throttled          still throttled after every retry that the time allowed
    └── Unreachable        no connection, no answer in time, or the answer was cut off
"""


class BothupError(Exception):
    """Base of all errors that bothup raises on purpose; its text is shown as it is."""

    exit_code = 1


class UsageError(BothupError):
    """The command line or the configuration asks for something that cannot be."""

    exit_code = 2


class WrongParameter(UsageError):
    """A parameter of a control that makes no sense; `name` is None where no control is meant.

    Who knows which file set it can say where, for what is wrong and what was `expected` stand
    apart.
    """

    def __init__(self, control: str, name: str | None, problem: str, expected: str = "") -> None:
        self.control, self.name, self.problem, self.expected = control, name, problem, expected
        where = f"parameters of {control}" + (f": {name}" if name else "")
        super().__init__(f"{where}: {problem}" + (f"; expected {expected}" if expected else ""))


class InputError(BothupError):
    """A file or a stream is not what it should be.

    `source` names the file ("-" for stdin); `where` is a line and column or a JSON path inside it.
    """

    exit_code = 2

    def __init__(self, source: str, where: str, problem: str, expected: str = "") -> None:
        self.source, self.where, self.problem, self.expected = source, where, problem, expected
        place = f"{source}, {where}" if where else source
        super().__init__(f"{place}: {problem}" + (f"; expected {expected}" if expected else ""))


class AwsError(BothupError):
    """AWS refused, failed or did not answer; `code` is AWS's own error code where there is one.

    `retryable` says whether the same call may succeed when it is made again a little later.
    """

    retryable = False

    def __init__(
        self, message: str, code: str | None = None, *, retryable: bool | None = None
    ) -> None:
        self.code = code
        if retryable is not None:
            self.retryable = retryable
        super().__init__(message)


class Denied(AwsError):
    """The credentials at hand may not make this call."""


class CredentialsRejected(AwsError):
    """AWS does not accept the credentials at hand.

    A Region that is not enabled for the account answers so, too: where other Regions accept the
    same credentials, this one is not enabled.
    """


class Expired(AwsError):
    """The credentials have expired, or the request was signed too long ago."""


class NotEnabled(AwsError):
    """The Region is not enabled for this account."""


class Throttled(AwsError):
    """AWS still throttled the call after every retry that the time allowed."""

    retryable = True


class Unreachable(AwsError):
    """No connection, no answer in time, or an answer that was cut off or could not be read."""

    retryable = True
