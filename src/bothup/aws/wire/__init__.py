"""The lean wire path: calls to AWS's Query protocols (`ec2`, `query`) that cost next to nothing.

A company has hundreds of accounts with some twenty Regions each, and an SDK client for each pair
costs more than the calls that it makes. Here a call is signed, sent over shared connections and
read with what the SDK's service model says, and nothing else. The SDK still says who calls
(credentials) and where (endpoints).
"""

from bothup.aws.wire.client import Endpoint, Wire
from bothup.aws.wire.credentials import Credentials
from bothup.aws.wire.operation import Operation, operation
from bothup.errors import Expired

__all__ = ["Credentials", "Endpoint", "Expired", "Operation", "Wire", "operation"]
