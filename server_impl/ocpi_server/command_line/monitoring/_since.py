"""When something began, as an operator writes it: an instant, or an age."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["instant_of"]

_AGE: Final = re.compile(r"([0-9]{1,6})([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def instant_of(text: str, now: datetime | None = None) -> datetime:
    """Read an instant such as ``2026-05-01T12:00:00Z`` or ``2026-05-01``, or an age such as ``2h``.

    Args:
        text: What was written; an instant without zone is UTC.
        now: The current time; by default that of the machine.

    Raises:
        ValueError: It is neither.
    """
    age = _AGE.fullmatch(text)
    try:
        if age is not None:
            ago = timedelta(seconds=int(age[1]) * _SECONDS[age[2]])
            return (now or datetime.now(UTC)) - ago
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is not an instant such as 2026-05-01T12:00:00Z, nor an age such as 15m, 2h "
            "or 7d"
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
