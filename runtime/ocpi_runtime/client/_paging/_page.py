"""One page of a list, as it came."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ocpi_runtime.dialect import Repair
from ocpi_runtime.errors import Violation
from ocpi_runtime.types import Raw

__all__ = ["ReceivedPage"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReceivedPage(Generic[T]):
    """What one answer of a paged list holds.

    Attributes:
        items: The items that could be read.
        raw_items: The same items as the JSON text that came, unknown fields included.
        texts: The same items as JSON text after the repairs of the dialect.
        repairs: The repairs of each item, in the order of the items.
        total: X-Total-Count: how many objects match, all pages together; None if not given.
        limit: X-Limit: the most objects that the peer gives in a page; None if not given.
        next_url: The URL of the next page, or None on the last one.
        url: The URL of this page.
        faults: What is wrong with each item that could be decoded, but not repaired until it was
            valid, in the order of the items; the text of such an item is that which came.
    """

    items: list[T]
    raw_items: list[Raw]
    texts: list[Raw]
    repairs: list[tuple[Repair, ...]]
    total: int | None
    limit: int | None
    next_url: str | None
    url: str
    faults: list[tuple[Violation, ...]] = field(default_factory=list)
