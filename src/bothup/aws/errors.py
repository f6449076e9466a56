"""AWS's error codes, translated once for every service and protocol.

AWS has no one list: the words come from the EC2 API Reference ("Error codes"), the "Common errors"
page of each Query API, and the retry rules of the SDKs.
"""

from bothup.errors import (
    AwsError,
    CredentialsRejected,
    Denied,
    Expired,
    NotEnabled,
    Throttled,
)

_KINDS: dict[type[AwsError], tuple[str, ...]] = {
    Denied: (
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "Forbidden",
        "NotAuthorized",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
    ),
    # An opt-in Region that is off does not know the account's credentials, and says just that.
    CredentialsRejected: (
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    ),
    Expired: (
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "TokenRefreshRequired",
    ),
    # Security Hub says the last of these where it is not switched on.
    NotEnabled: ("OptInRequired", "RegionDisabledException", "InvalidAccessException"),
    Throttled: (
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
        "TransactionInProgressException",
    ),
}
_KIND_OF = {code: kind for kind, codes in _KINDS.items() for code in codes}
# Codes that mean "make the same call again" although the HTTP status is a client's fault.
_PASSING = frozenset({"RequestTimeout", "RequestTimeoutException"})


def aws_error(code: str, message: str, *, status: int) -> AwsError:
    """Translate an error that AWS answered; `status` is the HTTP status, 0 where there is none.

    The code is kept as `code`. EC2 sometimes says who is to blame ("Client.", "Server.") in front
    of it; that is dropped.
    """
    code = code.removeprefix("Client.").removeprefix("Server.")
    kind = _KIND_OF.get(code)
    if kind is None and status == 429:
        kind = Throttled
    if kind is not None:
        return kind(message, code)
    return AwsError(message, code, retryable=status >= 500 or code in _PASSING)
