"""One pass through the pages of a list, with guards against wrong Links and counts."""

from collections import Counter
from typing import Generic, TypeVar, get_args

from ocpi_runtime import codec, headers, paging
from ocpi_runtime._codec.lists import list_steps
from ocpi_runtime._wire.exchange import Problem
from ocpi_runtime.client._calls.call import arrive
from ocpi_runtime.client._calls.outcome import Arrived, as_protocol_error, located, raw_data
from ocpi_runtime.client._calls.prepare import Connection
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
from ocpi_runtime.client._calls.target import target
from ocpi_runtime.client._calls.wire import Flow, paced
from ocpi_runtime.client._paging._learning import learn_headers, learn_items
from ocpi_runtime.client._paging._links import next_url, sent_link
from ocpi_runtime.client._paging._page import ReceivedPage
from ocpi_runtime.client._paging._position import ListPosition
from ocpi_runtime.client._paging._problems import ListProblems
from ocpi_runtime.errors import NotFound, OcpiError
from ocpi_runtime.types import Raw

__all__ = ["Crawl"]

T = TypeVar("T")

_LONGEST_SHOWN = 300


class Crawl(Generic[T]):
    """One pass over a list; ``advance`` fetches its next page.

    Attributes:
        repairs: How many objects needed each rule of the dialect.
        complete: Whether nothing points to objects that the peer has and did not send.
    """

    def __init__(
        self,
        connection: Connection,
        request: Request[list[T]],
        start: tuple[str, int] | None = None,
    ) -> None:
        self._problems = ListProblems(connection.settings, request.operation.id)
        self.repairs: Counter[str] = Counter()
        self._connection = connection
        self._request = request
        self._kind = get_args(request.operation.result)[0]
        self._paging = connection.settings.dialect.paging
        self._correlation_id = connection.correlation_id or headers.new_id()
        self.complete = True
        first = target(connection, request)
        self._next: str | None = first
        self._position = ListPosition(first)
        self._fault: OcpiError | None = None
        if start is not None and is_same_origin(start[0], first):
            self._next, self._position.items = start

    @property
    def position(self) -> tuple[str, int] | None:
        """The URL of the next page, and how many objects came before it; None at the end."""
        return None if self._next is None else (self._next, self._position.items)

    @property
    def problems(self) -> list[Problem]:
        """What was wrong and left out, up to a bound."""
        return self._problems.kept

    @property
    def all_reported(self) -> bool:
        """Whether the text of each object that was left out is among the problems."""
        return self._problems.complete

    def advance(self) -> Flow[ReceivedPage[T] | None]:
        """Fetch the next page; None after the last one.

        A page that was read is given before its Link is found wrong: that is raised afterwards.

        Raises:
            OcpiError: See :class:`ocpi_runtime.client.Pages`.
        """
        if self._fault is not None:
            raise self._fault
        if self._next is None:
            return None
        position = self._position
        before = position.items
        arrived = yield from self._arrive(self._next)
        page = yield from self._read(arrived)
        if self._is_repeated(page, before):
            position.items = before
            if position.by_offset:
                return self._stopped(arrived)
            position.by_offset = True
            message = "The Link leads back to the same page. Going on by offset."
            self._problems.add(arrived, message)
            arrived = yield from self._arrive(position.url_behind(arrived.outgoing.url))
            page = yield from self._read(arrived)
            if page.raw_items == position.previous:
                return self._stopped(arrived)
        position.previous, position.page_url = page.raw_items, page.url
        position.total = page.total if page.total is not None else position.total
        self._next = (
            None if self._is_past_the_end(page, arrived) else self._following(page, arrived)
        )
        self._check_next(page, arrived)
        return page

    def _check_next(self, page: ReceivedPage[T], arrived: Arrived) -> None:
        """Keep what is wrong with the next URL until it is needed."""
        settings = self._connection.settings
        if self._next is None:
            return
        try:
            self._position.check_next(
                self._next, page.url, settings.limits, foreign=settings.foreign_links
            )
        except OcpiError as fault:
            self._fault = located(fault, arrived.outgoing)

    def _arrive(self, url: str) -> Flow[Arrived]:
        """Fetch a page; the one behind the items so far where a Link leads to no page."""
        position = self._position
        position.seen.add(url)
        try:
            return (yield from arrive(self._connection, self._request, url, self._correlation_id))
        except NotFound as fault:
            if not position.has_more or position.by_offset:
                raise
            message = f"The page of the Link was not found: {fault.message}. Going on by offset."
            self._problems.add_at(url, message)
        position.by_offset = True
        url = position.url_behind(position.page_url)
        position.seen.add(url)
        return (yield from arrive(self._connection, self._request, url, self._correlation_id))

    def _following(self, page: ReceivedPage[T], arrived: Arrived) -> str | None:
        """Return the URL of the next page: of the Link, or by offset where that leads nowhere."""
        link = self._link_of(page, arrived)
        position = self._position
        if link is not None or not position.has_more:
            return link
        if position.by_offset and page.raw_items:
            return position.url_behind(page.url)
        self.complete = False
        self._problems.add(
            arrived,
            f"The list ends early: X-Total-Count is {position.total}, but {position.items} objects "
            "came and no Link leads on.",
        )
        return None

    def _link_of(self, page: ReceivedPage[T], arrived: Arrived) -> str | None:
        """Return the Link to the next page, unless it leads back while the total is known."""
        position = self._position
        sent = sent_link(arrived, self._paging)
        counted = position.total is not None
        by_links = counted and bool(page.raw_items) and not position.by_offset
        if page.next_url is None and sent and not paging.is_readable(sent):
            self.complete = self.complete and counted
            position.by_offset = counted
            rest = "Going on by offset." if counted else "What is behind it is missing."
            self._problems.add(arrived, f"The Link cannot be read: {sent[:_LONGEST_SHOWN]}. {rest}")
        elif by_links and page.next_url in position.seen:
            position.by_offset = True
            message = f"The Link leads back to {page.next_url}. Going on by offset."
            self._problems.add(arrived, message)
        elif by_links and not self._may_follow(page):
            position.by_offset = True
            foreign = str(page.next_url)[:_LONGEST_SHOWN]
            message = f"The Link leads to another origin, {foreign}. Going on by offset."
            self._problems.add(arrived, message)
        return None if position.by_offset else page.next_url

    def _may_follow(self, page: ReceivedPage[T]) -> bool:
        link = page.next_url
        foreign = self._connection.settings.foreign_links
        return link is None or foreign or is_same_origin(link, page.url)

    def _is_repeated(self, page: ReceivedPage[T], before: int) -> bool:
        """Return whether a page is the one before again, although the list has more objects."""
        total = self._position.total
        missing = total is not None and before < total
        return missing and bool(page.raw_items) and page.raw_items == self._position.previous

    def _stopped(self, arrived: Arrived) -> ReceivedPage[T] | None:
        """End the crawl where a peer passes over the offset."""
        self.complete, self._next = False, None
        self._problems.add(
            arrived, "The page has the objects of the page before; the list ends here."
        )
        return None

    def _read(self, arrived: Arrived) -> Flow[ReceivedPage[T]]:
        assert arrived.reply is not None  # noqa: S101 - arrive() returns nothing else
        assert arrived.envelope is not None  # noqa: S101
        url = arrived.outgoing.url
        data = raw_data(arrived.envelope)
        total = self._number(headers.TOTAL_COUNT, arrived) if self._paging.total_count else None
        if data is None:
            self._add_missing(arrived, total)
        good = yield from self._items_of(data or Raw(b"[]"), arrived)
        repairs = [repairs_of(each) for each in good]
        if any(repairs):
            found = rules(repairs)
            self.repairs.update(found)
            self._connection.repairs.update(found)
            log_repairs(arrived.outgoing, found)
        return ReceivedPage(
            items=[each.value for each in good],
            raw_items=[each.raw for each in good],
            texts=[text_of(each) for each in good],
            repairs=repairs,
            faults=[faults_of(each) for each in good],
            total=total,
            limit=self._number(headers.LIMIT, arrived),
            next_url=next_url(sent_link(arrived, self._paging), url),
            url=url,
        )

    def _add_missing(self, arrived: Arrived, total: int | None) -> None:
        """Report a page without data. Some peers write an empty list so, but count it as empty."""
        self.complete = self.complete and total == 0
        message = "data is missing in the answer; it is read as an empty list."
        self._problems.add(arrived, message)

    def _items_of(self, data: Raw, arrived: Arrived) -> Flow[list[codec.Item[T]]]:
        limits = self._connection.settings.limits
        try:
            now = arrived.envelope.timestamp if arrived.envelope else None
            reader = reader_of(self._connection.settings.dialect, self._kind, now)
            steps = list_steps(data, self._kind, limits.of_objects(), reader)
            read = yield from paced(steps)
        except OcpiError as fault:
            raise located(as_protocol_error(fault), arrived.outgoing) from fault
        if reader is not None:
            yield from paced(learn_items(self._connection.learner, read, self._kind))
            learn_headers(self._connection.learner, arrived)
        for each in read.broken:
            self._problems.add_item(arrived, each)
        if read.more_broken:
            message = f"{read.more_broken} more items were left out: they cannot be read."
            self._problems.add(arrived, message)
            self._problems.complete = False
        self._position.count(len(read.good) + len(read.broken) + read.more_broken)
        return read.good

    def _number(self, name: str, arrived: Arrived) -> int | None:
        assert arrived.reply is not None  # noqa: S101 - arrive() returns nothing else
        count = paging.parse_count(name, arrived.reply.headers.get(name))
        if count.problem:
            self._problems.add(arrived, count.problem)
        return count.value

    def _is_past_the_end(self, page: ReceivedPage[T], arrived: Arrived) -> bool:
        """Return whether a peer keeps linking although everything was read."""
        counted = page.total is not None and self._position.items >= page.total
        if not (self._position.is_at_empty_page and counted and page.next_url):
            return False
        self._problems.add(arrived, "The last page has a Link to a next one; it is not followed.")
        return True
