"""Times as CloudWatch counts them."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def millis(time: datetime) -> int:
    """Milliseconds since 1970."""
    return (time - EPOCH) // timedelta(milliseconds=1)
