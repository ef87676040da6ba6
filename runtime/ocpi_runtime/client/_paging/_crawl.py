"""The way through the pages of a list, with guards against peers that lead it astray."""

from collections import Counter
from dataclasses import replace
from typing import Any, Generic, TypeVar, get_args

from ocpi_runtime import codec, headers, paging
from ocpi_runtime._codec.lists import list_steps
from ocpi_runtime._wire.exchange import Problem
from ocpi_runtime.client._calls.call import arrive, report
from ocpi_runtime.client._calls.outcome import Arrived, as_protocol_error, located, raw_data
from ocpi_runtime.client._calls.prepare import Connection, target
from ocpi_runtime.client._calls.redirects import is_same_origin
from ocpi_runtime.client._calls.repairing import (
    faults_of,
    log_repairs,
    reader_of,
    repairs_of,
    rules,
    text_of,
)
from ocpi_runtime.client._calls.request import Request
from ocpi_runtime.client._calls.wire import Flow, paced
from ocpi_runtime.client._paging._learning import learn_headers, learn_items
from ocpi_runtime.client._paging._links import at_offset, next_url, sent_link
from ocpi_runtime.client._paging._page import Page
from ocpi_runtime.errors import (
    LimitExceeded,
    NotFound,
    OcpiError,
    ProtocolError,
    UnsafeUrl,
    Violation,
)
from ocpi_runtime.types import Raw

__all__ = ["Crawl"]

T = TypeVar("T")

_KEPT_PROBLEMS = 1000
_KEPT_BYTES = 16 * 1024 * 1024
_LONGEST_LINK = 8192
_LONGEST_SHOWN = 300


class Crawl(Generic[T]):
    """One pass over a list; ``advance`` fetches its next page.

    Attributes:
        problems: What was wrong and left out, the first 1000; with the JSON text of what was left
            out until 16 MB are kept.
        repairs: How many objects needed each rule of the dialect.
        complete: Whether nothing points to objects that the peer has and did not send.
    """

    def __init__(self, connection: Connection, request: Request[list[T]]) -> None:
        self.problems: list[Problem] = []
        self.repairs: Counter[str] = Counter()
        self._connection = connection
        self._request = request
        self._kind = get_args(request.operation.result)[0]
        self._paging = connection.settings.dialect.paging
        self._correlation_id = connection.correlation_id or headers.new_id()
        self.complete = True
        self._first = target(connection, request)
        self._next: str | None = self._first
        self._page_url = self._first
        self._total: int | None = None
        self._previous: list[Raw] = []
        self._by_offset = False
        self._fault: OcpiError | None = None
        self._seen: set[str] = set()
        self._items = 0
        self._empty = 0
        self._kept_bytes = 0

    def advance(self) -> Flow[Page[T] | None]:
        """Fetch the next page; None after the last one.

        A page that was read is given before its Link is found wrong: that is raised afterwards.

        Raises:
            OcpiError: See :class:`ocpi_runtime.client.Pages`.
        """
        if self._fault is not None:
            raise self._fault
        if self._next is None:
            return None
        before = self._items
        arrived = yield from self._arrive(self._next)
        page = yield from self._read(arrived)
        if self._is_repeated(page, before):
            self._items = before
            if self._by_offset:
                return self._stopped(arrived)
            self._by_offset = True
            self._report(arrived, "The Link leads back to the same page. Going on by offset.")
            arrived = yield from self._arrive(
                at_offset(arrived.outgoing.url, self._first, self._items)
            )
            page = yield from self._read(arrived)
            if page.raw_items == self._previous:
                return self._stopped(arrived)
        self._previous, self._page_url = page.raw_items, page.url
        self._total = page.total if page.total is not None else self._total
        self._next = (
            None if self._is_past_the_end(page, arrived) else self._following(page, arrived)
        )
        try:
            self._check_link(page)
        except OcpiError as fault:
            self._fault = located(fault, arrived.outgoing)
        return page

    def _arrive(self, url: str) -> Flow[Arrived]:
        """Fetch a page; the one behind the items so far where a Link leads to no page."""
        self._seen.add(url)
        try:
            return (yield from arrive(self._connection, self._request, url, self._correlation_id))
        except NotFound as fault:
            known = self._total is not None and self._items < self._total
            if not known or self._by_offset:
                raise
            self._note(url, f"The Link leads nowhere: {fault.message}. Going on by offset.")
        self._by_offset = True
        url = at_offset(self._page_url, self._first, self._items)
        self._seen.add(url)
        return (yield from arrive(self._connection, self._request, url, self._correlation_id))

    def _following(self, page: Page[T], arrived: Arrived) -> str | None:
        """Return the URL of the next page: of the Link, or by offset where that leads nowhere."""
        link = self._link_of(page, arrived)
        missing = self._total is not None and self._items < self._total
        if link is not None or not missing:
            return link
        if self._by_offset and page.raw_items:
            return at_offset(page.url, self._first, self._items)
        self.complete = False
        self._report(
            arrived,
            f"The list ends early: X-Total-Count is {self._total}, but {self._items} objects came "
            "and no Link leads on.",
        )
        return None

    def _link_of(self, page: Page[T], arrived: Arrived) -> str | None:
        """Return the Link to the next page, unless it leads back while the total is known."""
        sent = sent_link(arrived, self._paging)
        counted = self._total is not None
        if page.next_url is None and sent and not paging.is_readable(sent):
            self.complete = self.complete and counted
            self._by_offset = counted
            rest = "Going on by offset." if counted else "What is behind it is missing."
            self._report(arrived, f"The Link cannot be read: {sent[:_LONGEST_SHOWN]}. {rest}")
        elif page.next_url in self._seen and counted and page.raw_items and not self._by_offset:
            self._by_offset = True
            self._report(arrived, f"The Link leads back to {page.next_url}. Going on by offset.")
            return None
        elif counted and page.raw_items and not (self._by_offset or self._may_follow(page)):
            self._by_offset = True
            foreign = str(page.next_url)[:_LONGEST_SHOWN]
            self._report(
                arrived, f"The Link leads to another origin, {foreign}. Going on by offset."
            )
        return None if self._by_offset else page.next_url

    def _may_follow(self, page: Page[T]) -> bool:
        link = page.next_url
        foreign = self._connection.settings.foreign_links
        return link is None or foreign or is_same_origin(link, page.url)

    def _is_repeated(self, page: Page[T], before: int) -> bool:
        """Return whether a page is the one before again, although the list has more objects."""
        missing = self._total is not None and before < self._total
        return missing and bool(page.raw_items) and page.raw_items == self._previous

    def _stopped(self, arrived: Arrived) -> Page[T] | None:
        """End the crawl where a peer passes over the offset."""
        self.complete, self._next = False, None
        self._report(arrived, "The page has the objects of the page before; the list ends here.")
        return None

    def _read(self, arrived: Arrived) -> Flow[Page[T]]:
        assert arrived.reply is not None  # noqa: S101 - arrive() gives nothing else
        assert arrived.envelope is not None  # noqa: S101
        url = arrived.outgoing.url
        good = yield from self._items_of(raw_data(arrived.envelope), arrived)
        repairs = [repairs_of(each) for each in good]
        if any(repairs):
            found = rules(repairs)
            self.repairs.update(found)
            self._connection.repairs.update(found)
            log_repairs(arrived.outgoing, found)
        return Page(
            items=[each.value for each in good],
            raw_items=[each.raw for each in good],
            texts=[text_of(each) for each in good],
            repairs=repairs,
            faults=[faults_of(each) for each in good],
            total=self._number(headers.TOTAL_COUNT, arrived) if self._paging.total_count else None,
            limit=self._number(headers.LIMIT, arrived),
            next_url=next_url(sent_link(arrived, self._paging), url),
            url=url,
        )

    def _items_of(self, data: Raw | None, arrived: Arrived) -> Flow[list[codec.Item[T]]]:
        limits = self._connection.settings.limits
        if data is None:
            self._report(arrived, "data is missing in the answer; it is read as an empty list.")
        try:
            now = arrived.envelope.timestamp if arrived.envelope else None
            reader = reader_of(self._connection.settings.dialect, self._kind, now)
            steps = list_steps(data or Raw(b"[]"), self._kind, limits.of_objects(), reader)
            read = yield from paced(steps)
        except OcpiError as fault:
            raise located(as_protocol_error(fault), arrived.outgoing) from fault
        if reader is not None:
            yield from paced(learn_items(self._connection.learner, read, self._kind))
            learn_headers(self._connection.learner, arrived)
        for each in read.broken:
            self._report_item(arrived, each)
        if read.more_broken:
            message = f"{read.more_broken} more items were left out: they cannot be read."
            self._report(arrived, message)
        count = len(read.good) + len(read.broken) + read.more_broken
        self._items += count
        self._empty = 0 if count else self._empty + 1
        return read.good

    def _number(self, name: str, arrived: Arrived) -> int | None:
        assert arrived.reply is not None  # noqa: S101 - arrive() gives nothing else
        count = paging.parse_count(name, arrived.reply.headers.get(name))
        if count.problem:
            self._report(arrived, count.problem)
        return count.value

    def _is_past_the_end(self, page: Page[T], arrived: Arrived) -> bool:
        """Return whether a peer keeps linking although everything was read."""
        counted = page.total is not None and self._items >= page.total
        if not (self._empty and counted and page.next_url):
            return False
        self._report(arrived, "The last page has a Link to a next one; it is not followed.")
        return True

    def _check_link(self, page: Page[T]) -> None:
        """Decide whether the crawl may go on.

        Raises:
            ProtocolError: The Link leads to a page that was already read, or nowhere.
            UnsafeUrl: It leads to another origin.
            LimitExceeded: The list is too long.
        """
        link, limits = self._next, self._connection.settings.limits
        if link is None:
            return
        if len(link) > _LONGEST_LINK:
            raise ProtocolError(f"The Link has {len(link)} characters, at most {_LONGEST_LINK}.")
        if link in self._seen:
            raise ProtocolError(f"The Link leads back to {link}, a page that was already read.")
        if not self._connection.settings.foreign_links and not is_same_origin(link, page.url):
            raise UnsafeUrl(
                f"The Link leads to another origin, {link}; the token is not sent there.",
                hint="Have the peer link to its own URL, or allow foreign links explicitly.",
            )
        if self._empty > limits.empty_pages:
            raise ProtocolError(f"{self._empty} pages in a row had a Link, but no items.")
        if len(self._seen) >= limits.pages or self._items >= limits.items:
            raise LimitExceeded(
                f"The list goes on after {len(self._seen)} pages and {self._items} items.",
                hint="Narrow it with date_from and date_to, or raise the limits of the session.",
            )

    def _report_item(self, arrived: Arrived, item: codec.BrokenItem) -> None:
        first = item.violations[0] if item.violations else Violation("", "type", "cannot be read")
        message = f"The item was left out: {first.pointer or 'it'} {first.message}"
        pointer = f"/{item.index}"
        self._report(arrived, message, pointer, item.raw, item.violations, item.partial)

    def _report(
        self,
        arrived: Arrived,
        message: str,
        pointer: str = "",
        raw: Raw | None = None,
        violations: tuple[Violation, ...] = (),
        partial: Any = None,
    ) -> None:
        self._note(arrived.outgoing.url, message, pointer, raw, violations, partial)

    def _note(
        self,
        url: str,
        message: str,
        pointer: str = "",
        raw: Raw | None = None,
        violations: tuple[Violation, ...] = (),
        partial: Any = None,
    ) -> None:
        operation = self._request.operation.id
        problem = Problem(operation, url, message, pointer, raw, violations, partial)
        if len(self.problems) < _KEPT_PROBLEMS:
            self._kept_bytes += len(raw or b"")
            kept = (
                problem
                if self._kept_bytes <= _KEPT_BYTES
                else replace(problem, raw=None, partial=None)
            )
            self.problems.append(kept)
        report(self._connection.settings, problem)
