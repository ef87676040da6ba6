"""What handlers are given and what they return."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Generic, Literal, Never, TypeVar

from ocpi_runtime.dialect import Repair, RepairedText
from ocpi_runtime.types import Raw

__all__ = ["CheckAnswers", "Created", "Outcome", "Page", "PageQuery", "RawPage", "Received"]

T_co = TypeVar("T_co", covariant=True)

CheckAnswers = Literal["off", "log", "fail"]
"""What happens when a handler returns what breaks its bundle."""


class Received(Generic[T_co]):
    """A body that passed validation: the model and the bytes that it came in.

    Args:
        fields: The model, or an object with the same fields.
        raw: The text.
        read: Makes the model of the text; None where ``fields`` is the model.

    Attributes:
        fields: An object with the fields of the model, for who needs a few of them: it may be the
            model, or have plain text for enumerations and None for absent fields.
        raw: The JSON text as it was accepted, unknown fields included; after the repairs, if the
            dialect of the partner made any.
    """

    __slots__ = ("_read", "_value", "fields", "raw")

    def __init__(self, fields: Any, raw: Raw, read: Callable[[bytes], T_co] | None = None) -> None:
        self.fields, self.raw = fields, raw
        self._value: T_co = fields
        self._read = read

    @property
    def value(self) -> T_co:
        """The decoded model; it is made when it is first asked for."""
        if self._read is not None:
            self._value, self._read = self._read(self.raw), None
        return self._value

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """What the dialect of the partner repaired."""
        return self.raw.repairs if isinstance(self.raw, RepairedText) else ()

    @property
    def sent(self) -> bytes:
        """The bytes that came."""
        return self.raw.sent if isinstance(self.raw, RepairedText) else self.raw


class Outcome(Enum):
    """What a write without data in its answer did: HTTP 200 or 201."""

    UPDATED = 200
    CREATED = 201


@dataclass(frozen=True, slots=True)
class Created:
    """An object that was created at a URL of this server (POST of a CDR): 201 with Location."""

    location: str


@dataclass(frozen=True, slots=True)
class PageQuery:
    """The paging parameters of a list request, already checked.

    Attributes:
        date_from: Only objects updated at or after this instant.
        date_to: Only objects updated before this instant.
        offset: How many objects to leave out.
        limit: Maximum number of objects to return, never above the server's own limit.
        cursor: What this server put into the Link of the page before, or None.
    """

    date_from: datetime | None
    date_to: datetime | None
    offset: int
    limit: int
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """One page of a list.

    Attributes:
        items: Models, or Raw bytes that are spliced as they are; not both in one page.
        total: X-Total-Count: how many objects match, all pages together.
        more: Whether a Link to a next page is expected.
        cursor: An opaque mark for the Link, given back in ``PageQuery.cursor``.
    """

    items: Sequence[T_co] | Sequence[Raw]
    total: int
    more: bool
    cursor: str | None = None


RawPage = Page[Never]
"""A page whose items are all Raw bytes, which fits a list of any model."""
