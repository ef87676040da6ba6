"""What several exchanges of a log show together: lists read page by page, ids, tokens."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlsplit

from ocpi_conformance.exchanges.checked import CheckedExchange, Outcome
from ocpi_conformance.exchanges.wire import RecordedExchange
from ocpi_conformance.replay._called import CalledOperation
from ocpi_conformance.replay._renewals import Renewals
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.clients.requests import REQUEST_ID
from ocpi_conformance.verdicts.crawls import WALK, Crawl, faults_of_crawl, why_it_ends
from ocpi_runtime import headers as names
from ocpi_runtime.paging import parse_link

__all__ = ["ExchangeHistory", "HistoryVerdict"]

_ID: Final = names.REQUEST_ID.lower()


@dataclass(frozen=True, slots=True)
class HistoryVerdict:
    """The verdict of a rule on several exchanges.

    Attributes:
        place: What was called.
        rule: The rule that was asked.
        faults: What is wrong, with the exchanges that show it.
    """

    place: CalledOperation
    rule: Rule
    faults: list[tuple[Fault, tuple[RecordedExchange, ...]]]


@dataclass(slots=True)
class ExchangeHistory:
    """Collects exchanges in the order of the log, and judges them together at the end."""

    _crawls: list[tuple[CalledOperation, Crawl]] = field(default_factory=list)
    _open: dict[str, Crawl] = field(default_factory=dict)
    _renewals: Renewals = field(default_factory=Renewals)
    _ids: dict[str, list[tuple[CalledOperation, RecordedExchange]]] = field(default_factory=dict)

    def add(self, place: CalledOperation, checked: CheckedExchange) -> None:
        """Add an exchange that was answered."""
        sent = checked.exchange.sent
        self._renewals.add(place, checked)
        if checked.operation.ids and sent.headers.get(_ID):
            same = self._ids.setdefault(sent.headers[_ID], [])
            # The logs of both sides may hold one exchange twice.
            if all(one.sent != sent for _, one in same):
                same.append((place, checked.exchange))
        if checked.operation.paged and sent.method == "GET" and place.known:
            self._page(place, checked)

    def judged(self) -> Iterator[HistoryVerdict]:
        """Yield the verdicts of the rules about several exchanges."""
        for same in self._ids.values():
            place, last = same[-1]
            steps = tuple(one for _, one in same)[:2]
            got = f"{_ID}: {last.sent.headers[_ID]} in {len(same)} requests"
            fault = Fault(REQUEST_ID, "another id for each request", got, "an id comes again")
            yield HistoryVerdict(place, REQUEST_ID, [(fault, steps)] if len(same) > 1 else [])
        for place, rule, breaches in self._renewals.judged():
            yield HistoryVerdict(place, rule, breaches)
        for place, crawl in self._crawls:
            found = [*faults_of_crawl(crawl)] if _is_constant(crawl) else []
            for rule in WALK:
                yield HistoryVerdict(place, rule, [one for one in found if one[0].rule is rule])

    def _page(self, place: CalledOperation, checked: CheckedExchange) -> None:
        url = checked.exchange.sent.url
        crawl = self._open.pop(url, None)
        accepted = checked.outcome is Outcome.ACCEPTED
        if crawl is not None and not accepted:
            crawl.end, crawl.refused = "refused", checked
        if not accepted:
            return
        if crawl is None:
            crawl = Crawl({})
            self._crawls.append((place, crawl))
        data = (checked.envelope or {}).get("data")
        crawl.pages.append(checked)
        crawl.items += data if isinstance(data, list) else []
        crawl.end = self._end(crawl, url, checked.exchange.answer.headers.get("link", "").strip())

    def _end(self, crawl: Crawl, url: str, header: str) -> str:
        """Return why a list ends with a page; where it need not, wait for the next one."""
        if not header:
            offset = parse_qs(urlsplit(crawl.pages[0].exchange.sent.url).query).get("offset")
            return "end" if offset in (None, ["0"]) else "part"
        link = parse_link(header) or ""
        called = {one.exchange.sent.url for one in crawl.pages}
        end = why_it_ends(link, url, called)
        if end != "end":
            return end
        self._open[link] = crawl
        return "open"


def _is_constant(crawl: Crawl) -> bool:
    """Return whether the list seems to be the same on all pages: it may change meanwhile."""
    return len(set(crawl.totals)) < 2  # noqa: PLR2004 - no or one total
