"""A list, read from its first page to its last."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ocpi_conformance.exchanges.checked import Outcome
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.verdicts.crawls import Crawl, why_it_ends

if TYPE_CHECKING:
    from ocpi_conformance.check._interface import CheckedInterface

__all__ = ["crawl"]

_MOST_PAGES: Final = 200


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
        link = place.session.dialect.next_page(header, sent.url)
        found.end = why_it_ends(link, sent.url, called)
        if found.whole and len(found.pages) >= most:
            found.end = "long"
        if not found.whole:
            return found
        sent = SentRequest("GET", link, place.session.headers(listing))
