"""What the checks of one object report, and what they remember of the objects before it."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from ocpi_conformance.validation._causes import ObjectFault
from ocpi_runtime.codec import parse_timestamp

__all__ = ["Context", "Json", "instant_of", "items"]

Json = dict[str, Any]
_MOST_REMEMBERED: Final = 500_000
"""Number of ids that are remembered, to find those that come twice; about 50 MB."""
_PLAIN_TIME: Final = len("2024-06-29T20:39:09Z")


class Context:
    """Collects the warnings of objects, and what connects objects with each other.

    Args:
        now: The instant that ``last_updated`` is compared with.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)
        self._now_text = self._now.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._seen: set[int] = set()
        self._warnings: list[ObjectFault] = []
        self._references: dict[str, str] = {}
        self.tariff_ids: set[str] = set()
        self.has_tariffs = False

    def warn(self, rule: str, pointer: str, message: str, value: Any = msgspec.UNSET) -> None:
        """Report what cannot be right in the object."""
        self._warnings.append(ObjectFault(rule, pointer, message, value))

    def take_warnings(self) -> list[ObjectFault]:
        """Return the warnings of the object, and begin with the next one."""
        taken, self._warnings = self._warnings, []
        return taken

    def refer(self, uid: Any, pointer: str) -> None:
        """Note that the object refers to a tariff."""
        if isinstance(uid, str) and uid:
            self._references[uid.upper()] = pointer

    def take_references(self) -> dict[str, str]:
        """Return the tariffs that the object refers to, and where; begin with the next one."""
        if not self._references:
            return self._references
        taken, self._references = self._references, {}
        return taken

    def is_new(self, *parts: object) -> bool:
        """Return whether an id comes for the first time; True once very many are remembered."""
        key = hash(parts)
        if key in self._seen:
            return False
        if len(self._seen) < _MOST_REMEMBERED:
            self._seen.add(key)
        return True

    def is_future(self, text: Any) -> bool:
        """Return whether a timestamp lies in the future."""
        if isinstance(text, str) and len(text) == _PLAIN_TIME and text[-1] == "Z":
            return text > self._now_text
        instant = instant_of(text)
        return instant is not None and instant > self._now

    def is_before(self, first: Any, second: Any) -> bool:
        """Return whether a timestamp lies before another one."""
        plain = isinstance(first, str) and isinstance(second, str)
        if plain and len(first) == len(second) == _PLAIN_TIME and first[-1] == second[-1] == "Z":
            return bool(first < second)
        begin, end = instant_of(first), instant_of(second)
        return begin is not None and end is not None and begin < end


def instant_of(text: Any) -> datetime | None:
    """Read a timestamp; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        return parse_timestamp(text, zoned=True)
    except ValueError:
        return None


def items(value: Json, name: str) -> list[tuple[int, Json]]:
    """Return the objects of a list with their places."""
    found = value.get(name)
    if not isinstance(found, list):
        return []
    return [(index, each) for index, each in enumerate(found) if isinstance(each, dict)]
