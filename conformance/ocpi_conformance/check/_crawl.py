"""A list, read from its first page to its last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from ocpi_conformance.exchanges.checked import CheckedExchange, Outcome
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_runtime.paging import parse_link

if TYPE_CHECKING:
    from ocpi_conformance.check._interface import CheckedInterface

__all__ = ["Crawl", "crawl", "total_of"]

_MOST_PAGES: Final = 200


@dataclass(slots=True)
class Crawl:
    """What was seen on the way through a list.

    Attributes:
        query: The parameters of the first page.
        pages: The exchanges.
        items: The objects of all pages, in their order.
        end: Why it ended: ``end``, or ``loop``, ``elsewhere``, ``nonsense``, ``long``, or
            ``refused`` where the page that Link leads to was not answered with success.
        refused: The exchange that was refused.
    """

    query: Mapping[str, str]
    pages: list[CheckedExchange] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    end: str = "end"
    refused: CheckedExchange | None = None

    @property
    def whole(self) -> bool:
        """Whether the last page was reached."""
        return self.end == "end"

    @property
    def totals(self) -> list[int]:
        """What each page said there is; pages without a total are left out."""
        return [one for page in self.pages if (one := total_of(page)) is not None]


def crawl(place: "CheckedInterface", query: Mapping[str, str], *, most: int = _MOST_PAGES) -> Crawl:
    """Read a list.

    Args:
        place: The interface.
        query: The parameters of the first page.
        most: After how many pages to stop.

    Raises:
        Stopped: A page cannot be read.
    """
    listing = place.get_list()
    found, called = Crawl(query), set[str]()
    sent = place.request(listing, query=query)
    while True:
        called.add(sent.url)
        page = place.send(listing, sent, reachable=True)
        if found.pages and page.outcome is not Outcome.ACCEPTED:
            found.end, found.refused = "refused", page
            return found
        place.require(page)
        data = (page.envelope or {}).get("data")
        found.pages.append(page)
        found.items += data if isinstance(data, list) else []
        header = page.exchange.answer.headers.get("link")
        if not header or not header.strip():
            return found
        link = parse_link(header) or ""
        found.end = _why_not(link, sent.url, called, len(found.pages) >= most)
        if not found.whole:
            return found
        sent = SentRequest("GET", link, place.session.headers(listing))


def _why_not(link: str, url: str, called: set[str], too_long: bool) -> str:  # noqa: FBT001 - private
    if not link.startswith(("http://", "https://")):
        return "nonsense"
    if urlsplit(link)[:2] != urlsplit(url)[:2]:
        return "elsewhere"
    if link in called:
        return "loop"
    return "long" if too_long else "end"


def total_of(page: CheckedExchange) -> int | None:
    """Return X-Total-Count of a page, if it is a number."""
    text = page.exchange.answer.headers.get("x-total-count", "")
    return int(text) if text.isdecimal() else None
