"""How fast requests may follow each other."""

import math
import time
from collections.abc import Callable

from ocpi_runtime.errors import TooManyRequests

__all__ = ["RateLimit"]


class RateLimit:
    """Lets so many requests per second through for each of some keys, in bursts of one second.

    Args:
        per_second: How many requests per second.
        whose: Who sends them, as it is in the error.
        clock: Returns seconds that never go back.
    """

    def __init__(
        self,
        per_second: float,
        whose: str = "This partner",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate, self._whose, self._clock = per_second, whose, clock
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> None:
        """Count one request.

        Raises:
            TooManyRequests: It comes too early.
        """
        size, now = max(1.0, self._rate), self._clock()
        level, before = self._levels.get(key, (size, now))
        level = min(size, level + (now - before) * self._rate)
        if level < 1:
            self._levels[key] = (level, now)
            raise TooManyRequests(
                f"{self._whose} sends more than {self._rate:g} requests per second.",
                retry_after=math.ceil((1 - level) / self._rate),
            )
        self._levels[key] = (level - 1, now)
