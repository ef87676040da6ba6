"""How much of what is answered may be validated, so that valid answers stay quick."""

import time
from typing import Final

__all__ = ["Share"]

_PER_SECOND: Final = 64 * 1024
_MOST: Final = 256 * 1024
_PER_OBJECT: Final = 512
"""What an object costs whatever its size, counted as bytes."""
_EACH: Final = 8
"""How often the clock is read while the share is used up."""


class Share:
    """A bound on the bytes that are validated in a second, shared by all of an application.

    What was not used is kept for four seconds. Larger objects than that are not validated.
    """

    __slots__ = ("_asked", "_left", "_seen")

    def __init__(self) -> None:
        self._asked = 0
        self._left: float = _MOST
        self._seen = time.monotonic()

    def is_open(self) -> bool:
        """Return whether anything may be validated now."""
        if self._left > 0:
            return True
        self._asked += 1
        if self._asked % _EACH:  # reading the clock costs as much as all other checks
            return False
        now = time.monotonic()
        self._left = min(_MOST, self._left + (now - self._seen) * _PER_SECOND)
        self._seen = now
        return self._left > 0

    def take(self, size: int) -> bool:
        """Count an object of so many bytes; return False where it is too large to be validated."""
        self._left -= size + _PER_OBJECT if size <= _MOST else _PER_OBJECT
        return size <= _MOST
