"""Which objects are asked for, and a page of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

from ocpi_runtime.types import PartyId, Raw

__all__ = ["Cursor", "Listing", "StoredPage"]

_UNBOUND: Final = 2**62


class Cursor(NamedTuple):
    """What a Link carries: where the page before ended, and the count that was made there.

    Attributes:
        after: ``seq`` of the last object on the page before.
        total: How many objects matched.
        changes: The state of the list at that count.
    """

    after: int
    total: int
    changes: int

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """Read what :meth:`__str__` wrote; None where it is something else."""
        parts = (text or "").split(".")
        if len(parts) != len(cls._fields) or not all(_is_count(part) for part in parts):
            return None
        return cls(*map(int, parts))

    def __str__(self) -> str:
        return ".".join(map(str, self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which objects are asked for, and which page of them.

    Attributes:
        module: The OCPI module.
        source: ``OWN`` or a partner's id.
        audiences: The values of ``audience`` that may be seen; at least one.
        owners: Only objects of these parties; None for all.
        date_from: Only objects updated at or after this (microseconds); None for all.
        date_to: Only objects updated before this; None for all.
        offset: How many objects to leave out, where there is no cursor.
        limit: Maximum number of objects on the page.
        cursor: The mark of the page before, or None.
        version: The OCPI version that they are asked for in: objects that are known not to be
            said there are left out. None for all of them, as they are.
    """

    module: str
    source: str
    audiences: tuple[str, ...] = ("",)
    owners: tuple[PartyId, ...] | None = None
    date_from: int | None = None
    date_to: int | None = None
    offset: int = 0
    limit: int = 50
    cursor: Cursor | None = None
    version: str | None = None

    @property
    def scope(self) -> tuple[object, ...]:
        """Which lists are asked for."""
        return self.module, self.source, self.audiences, self.owners

    @property
    def owner_count(self) -> int:
        """How many owners are asked for; -1 for all."""
        return -1 if self.owners is None else len(self.owners)

    @property
    def dated(self) -> bool:
        """Whether a date filter is set."""
        return self.date_from is not None or self.date_to is not None

    def lets_through(self, updated: int) -> bool:
        """Return whether the date filter includes an object."""
        return (self.date_from is None or updated >= self.date_from) and (
            self.date_to is None or updated < self.date_to
        )

    def parameters(self) -> dict[str, Any]:
        """Return the values of the statements' parameters."""
        values: dict[str, Any] = {
            "module": self.module,
            "source": self.source,
            "version": self.version,
            "since": self.date_from if self.date_from is not None else -_UNBOUND,
            "before": self.date_to if self.date_to is not None else _UNBOUND,
        }
        values |= {f"audience{at}": name for at, name in enumerate(self.audiences)}
        for at, (country_code, party_id) in enumerate(self.owners or ()):
            values[f"country{at}"] = country_code
            values[f"party{at}"] = party_id
        return values


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One page: the objects as stored, how many match in all, whether and where it goes on.

    ``places`` and ``versions`` hold ``seq`` and version of each object.
    """

    items: list[Raw]
    total: int
    more: bool
    cursor: Cursor | None
    places: Sequence[int] = ()
    versions: Sequence[str] = ()


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < len(str(_UNBOUND))
