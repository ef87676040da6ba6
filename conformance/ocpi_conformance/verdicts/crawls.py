"""A list as it was read page by page, and what is wrong with it as a whole."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.wire import RecordedExchange
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.messages import paging

__all__ = ["WALK", "Crawl", "faults_of_crawl", "identity_of", "total_of", "why_it_ends"]

_NAMES: Final = ("country_code", "party_id", "id", "uid", "type", "role", "terminal_id")

WALK: Final[tuple[Rule, ...]] = (
    paging.NO_LOOP,
    paging.LINK_SAME_HOST,
    paging.LINK_ANSWERS,
    paging.TOTAL_READ,
    paging.TOTAL_CONSTANT,
    paging.NO_DUPLICATES,
)
"""The rules that a crawl is judged by."""


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


def why_it_ends(link: str, url: str, called: set[str]) -> str:
    """Return why a crawl does not go on to where Link leads; ``end`` if it does."""
    if not link.startswith(("http://", "https://")):
        return "nonsense"
    if urlsplit(link)[:2] != urlsplit(url)[:2]:
        return "elsewhere"
    return "loop" if link in called else "end"


def total_of(page: CheckedExchange) -> int | None:
    """Return X-Total-Count of a page, if it is a number."""
    text = page.exchange.answer.headers.get("x-total-count", "")
    return int(text) if text.isdecimal() else None


def identity_of(item: Any) -> str:
    """Return what names an object in a list, without case."""
    if not isinstance(item, dict):
        return repr(item)
    return " ".join(str(item[name]).lower() for name in _NAMES if name in item)


def faults_of_crawl(found: Crawl) -> Iterator[tuple[Fault, tuple[RecordedExchange, ...]]]:
    """Return what is wrong with a list, and the exchanges that show it."""
    steps = tuple(page.exchange for page in found.pages[-2:])
    link = steps[-1].answer.headers.get("link", "")
    if found.end == "loop":
        wanted = "a last page without Link"
        yield Fault(paging.NO_LOOP, wanted, f"Link: {link} again", "Link again"), steps
    if found.end == "elsewhere":
        wanted, cause = f"a Link to where {steps[-1].sent.url} is", "another host"
        yield Fault(paging.LINK_SAME_HOST, wanted, f"Link: {link}", cause), steps
    if found.refused is not None:
        wanted, got = f"a page at {link}", found.refused.summary()
        yield Fault(paging.LINK_ANSWERS, wanted, got), (steps[-1], found.refused.exchange)
    if len(set(found.totals)) > 1:
        got = ", ".join(map(str, dict.fromkeys(found.totals)))
        wanted = "the same X-Total-Count on all pages"
        yield Fault(paging.TOTAL_CONSTANT, wanted, got, "it changes"), steps
    if found.whole and found.totals and found.totals[-1] != len(found.items):
        wanted = f"as many objects as X-Total-Count says: {found.totals[-1]}"
        got = f"{len(found.items)} on {len(found.pages)} pages"
        yield Fault(paging.TOTAL_READ, wanted, got, "another number of objects"), steps
    names = Counter(identity_of(one) for one in found.items)
    twice = next((name for name, times in names.items() if times > 1), None)
    if twice is not None:
        got, cause = f"twice: {twice}", "an object comes twice"
        yield Fault(paging.NO_DUPLICATES, "each object once", got, cause), steps
