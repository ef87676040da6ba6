"""How far a list was read: URLs, items, and whether it goes on by Links or by offset."""

from typing import TYPE_CHECKING

from ocpi_runtime.client._calls.redirects import is_same_origin
from ocpi_runtime.client._options import Limits
from ocpi_runtime.client._paging._links import at_offset
from ocpi_runtime.errors import LimitExceeded, ProtocolError, UnsafeUrl

if TYPE_CHECKING:
    from ocpi_runtime.types import Raw

__all__ = ["ListPosition"]

_LONGEST_LINK = 8192


class ListPosition:
    """The position in one pass over a list.

    Attributes:
        page_url: The URL of the page that was read last.
        items: How many items came so far.
        total: The X-Total-Count, if it is known.
        seen: The URLs that were asked for.
        previous: The items of the page that was read last.
        by_offset: Whether Links are not followed any more.
    """

    def __init__(self, first: str) -> None:
        self.page_url = first
        self.items = 0
        self.total: int | None = None
        self.seen: set[str] = set()
        self.previous: list[Raw] = []
        self.by_offset = False
        self._first = first
        self._empty = 0

    @property
    def has_more(self) -> bool:
        """Whether the list has more objects than came, by its total."""
        return self.total is not None and self.items < self.total

    @property
    def is_at_empty_page(self) -> bool:
        """Whether the page that was counted last has no items."""
        return self._empty > 0

    def count(self, items: int) -> None:
        """Count the items of a page."""
        self.items += items
        self._empty = 0 if items else self._empty + 1

    def url_behind(self, url: str) -> str:
        """Return the URL of the page behind the items so far.

        Args:
            url: The URL of a page that was read.
        """
        return at_offset(url, self._first, self.items)

    def check_next(self, link: str, page_url: str, limits: Limits, *, foreign: bool) -> None:
        """Check that a pass may go on.

        Args:
            link: The URL of the next page.
            page_url: The URL of the page that it is in.
            limits: The limits of the session.
            foreign: Whether it may lead to another origin.

        Raises:
            ProtocolError: The Link leads to a page that was already read, or nowhere.
            UnsafeUrl: It leads to another origin.
            LimitExceeded: The list is too long.
        """
        if len(link) > _LONGEST_LINK:
            raise ProtocolError(f"The Link has {len(link)} characters, at most {_LONGEST_LINK}.")
        if link in self.seen:
            raise ProtocolError(f"The Link leads back to {link}, a page that was already read.")
        if not foreign and not is_same_origin(link, page_url):
            raise UnsafeUrl(
                f"The Link leads to another origin, {link}; the token is not sent there.",
                hint="Have the peer link to its own URL, or allow foreign links explicitly.",
            )
        if self._empty > limits.empty_pages:
            raise ProtocolError(f"{self._empty} pages in a row had a Link, but no items.")
        if len(self.seen) >= limits.pages or self.items >= limits.items:
            raise LimitExceeded(
                f"The list goes on after {len(self.seen)} pages and {self.items} items.",
                hint="Narrow it with date_from and date_to, or raise the limits of the session.",
            )
