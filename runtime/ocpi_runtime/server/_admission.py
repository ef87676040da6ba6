"""How many requests of one partner are taken at a time, and how fast."""

import math
import time
from collections import defaultdict
from collections.abc import Callable

from ocpi_runtime.errors import TooManyRequests
from ocpi_runtime.server.limits import Limits

__all__ = ["Admission"]


class Admission:
    """Counts the open requests of each partner of one application.

    Args:
        limits: The bounds of the server.
        clock: Returns seconds that never go back.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._rate = limits.partner_requests, limits.partner_rate
        self._clock = clock
        self._open: defaultdict[str, int] = defaultdict(int)
        self._buckets: dict[str, tuple[float, float]] = {}

    def enter(self, partner_id: str) -> None:
        """Count a request of a partner until :meth:`leave`.

        Raises:
            TooManyRequests: The partner has too many open requests, or sends them too fast.
        """
        if self._open[partner_id] >= self._most:
            raise TooManyRequests(f"More than {self._most} requests of this partner are open.")
        if self._rate:
            self._take(partner_id, self._rate)
        self._open[partner_id] += 1

    def leave(self, partner_id: str) -> None:
        """End the request of a partner."""
        self._open[partner_id] -= 1
        if not self._open[partner_id]:
            del self._open[partner_id]

    def _take(self, partner_id: str, rate: float) -> None:
        """Take a token out of the bucket of a partner, which holds those of one second."""
        size, now = max(1.0, rate), self._clock()
        level, before = self._buckets.get(partner_id, (size, now))
        level = min(size, level + (now - before) * rate)
        if level < 1:
            self._buckets[partner_id] = (level, now)
            raise TooManyRequests(
                f"This partner sends more than {rate:g} requests per second.",
                retry_after=math.ceil((1 - level) / rate),
            )
        self._buckets[partner_id] = (level - 1, now)
