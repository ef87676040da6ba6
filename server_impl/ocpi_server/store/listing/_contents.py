"""Which objects pages had: as long as their lists do not change, they are not looked for again."""

from collections.abc import Hashable, Sequence
from typing import Any, Final, NamedTuple, Self

from ocpi_server.store.listing._texts import TextKey

__all__ = ["Contents", "KnownContents"]

_MOST_KEYS: Final = 32_768
"""For how many objects of pages it is remembered which they are: some 6 MB."""


class Contents(NamedTuple):
    """The objects of a page at one state of its lists.

    Attributes:
        changes: The state.
        keys: What the text of each object is found by.
        places: Their places.
        versions: Their versions.
        last: The place of the last object of the page where more follow; None if it is the last
            page, 0 if the page has no room for objects.
    """

    changes: int
    keys: Sequence[TextKey]
    places: Sequence[int]
    versions: Sequence[str]
    last: int | None

    @classmethod
    def of_rows(cls, changes: int, rows: Sequence[Sequence[Any]], limit: int) -> Self:
        """Read rows that begin with the columns of a key, at most one more than the limit."""
        keys = [tuple(row[:3]) for row in rows[:limit]]
        places, _, versions = zip(*keys, strict=True) if keys else ((), (), ())
        more = len(rows) > limit
        return cls(changes, keys, places, versions, (places[-1] if keys else 0) if more else None)


class KnownContents:
    """The contents of the pages that were asked for last."""

    def __init__(self) -> None:
        self._pages: dict[Hashable, Contents] = {}
        self._size = 0

    def of(self, page: Hashable) -> Contents | None:
        """Return what was last known of a page."""
        return self._pages.get(page)

    def add(self, page: Hashable, contents: Contents) -> None:
        """Remember the contents of a page, and forget those that were added first."""
        self._drop(page)
        self._pages[page] = contents
        self._size += 1 + len(contents.keys)
        while self._size > _MOST_KEYS:
            self._drop(next(iter(self._pages)))

    def _drop(self, page: Hashable) -> None:
        dropped = self._pages.pop(page, None)
        self._size -= 0 if dropped is None else 1 + len(dropped.keys)
