"""The texts of objects that were read: most pages are read by many partners."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from ocpi_runtime.types import Raw

__all__ = ["TextKey", "Texts"]

TextKey: TypeAlias = Sequence[Any]
"""Place, number of the last change and version of an object: with another text, another number."""

_MOST_BYTES: Final = 32 * 1024 * 1024


class Texts:
    """Texts of objects as they were after one change, so that none of them is ever out of date.

    Half of the space is for what was asked for last: when that is full, the older half is dropped.

    Args:
        most: How many bytes they have together at most.
    """

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self._most = most // 2
        self._young: dict[TextKey, Raw] = {}
        self._old: dict[TextKey, Raw] = {}
        self._bytes = 0

    def of(self, keys: Sequence[TextKey]) -> Sequence[Raw | None]:
        """Return the texts that are known; None in the place of others."""
        found = list(map(self._young.get, keys))
        if all(found):  # no text is empty
            return found
        return [text or self._again(key) for text, key in zip(found, keys, strict=True)]

    def add(self, key: TextKey, text: Raw) -> None:
        """Keep a text."""
        if self._bytes + len(text) > self._most:
            self._old, self._young, self._bytes = self._young, {}, 0
        self._young[key] = text
        self._bytes += len(text)

    def _again(self, key: TextKey) -> Raw | None:
        """Return a text that was not asked for lately, and keep it with those that were."""
        text = self._old.get(key)
        if text is not None:
            self.add(key, text)
        return text
