"""How long a peer asks to wait."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["retry_after"]

_LONGEST_DATE = 64


def retry_after(value: str) -> float | None:
    """Read Retry-After: seconds or a date; None if it is neither."""
    if value.isdecimal():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value[:_LONGEST_DATE])
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
