"""Checks of lists: pages, totals, filters."""

from collections.abc import Iterator

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotAsked, Outcome, Seen, check
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.messages import paging


def _is_listed(place: CheckedInterface) -> bool:
    return place.listing is not None


@check(paging.NO_LOOP, paging.LINK_SAME_HOST, paging.TOTAL_READ, about=_is_listed)
def whole_list(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the list from its first page to its last."""
    crawl = place.crawled()
    steps = tuple(page.exchange for page in crawl.pages[-2:])
    link = steps[-1].answer.headers.get("link", "")
    if crawl.end == "loop":
        wanted = "a last page without Link"
        yield Seen(Fault(paging.NO_LOOP, wanted, f"Link: {link} again", "Link again"), steps)
    if crawl.end == "elsewhere":
        wanted, cause = f"a Link to where {steps[-1].sent.url} is", "another host"
        yield Seen(Fault(paging.LINK_SAME_HOST, wanted, f"Link: {link}", cause), steps)
    if not crawl.whole or not crawl.totals:
        yield NotAsked(paging.TOTAL_READ, f"The list was not read to its end: {crawl.end}.")
    elif crawl.totals[-1] != len(crawl.items):
        wanted = f"as many objects as X-Total-Count says: {crawl.totals[-1]}"
        got = f"{len(crawl.items)} on {len(crawl.pages)} pages"
        yield Seen(Fault(paging.TOTAL_READ, wanted, got), steps)
