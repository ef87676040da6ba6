"""A limit for lines of the log that requests of partners cause."""

import math
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

__all__ = ["LogLimit"]

_SECONDS: Final = 60.0
_REMEMBERED: Final = 1000


class LogLimit:
    """Permits one line about each subject in a minute."""

    def __init__(self) -> None:
        self._logged: OrderedDict[Hashable, float] = OrderedDict()

    def permits(self, subject: Hashable) -> bool:
        """Return whether a line may be logged now, and count it as logged."""
        now = time.monotonic()
        if now - self._logged.get(subject, -math.inf) < _SECONDS:
            return False
        self._logged[subject] = now
        self._logged.move_to_end(subject)
        if len(self._logged) > _REMEMBERED:
            self._logged.popitem(last=False)
        return True
