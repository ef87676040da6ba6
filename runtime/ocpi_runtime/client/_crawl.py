"""The way through the pages of a list, with guards against peers that lead it astray."""

from collections import Counter
from dataclasses import replace
from typing import Any, Generic, TypeVar, get_args
from urllib.parse import urlsplit

from ocpi_runtime import codec, headers, paging
from ocpi_runtime._exchange import Problem
from ocpi_runtime._lists import list_steps
from ocpi_runtime.client._call import arrive, report
from ocpi_runtime.client._outcome import Arrived, as_protocol_error, located, raw_data
from ocpi_runtime.client._page import Page
from ocpi_runtime.client._prepare import Line, target
from ocpi_runtime.client._repairing import log_repairs, reader_of, rules
from ocpi_runtime.client._request import Request
from ocpi_runtime.client._wire import Flow, paced
from ocpi_runtime.errors import LimitExceeded, OcpiError, ProtocolError, UnsafeUrl, Violation
from ocpi_runtime.types import Raw

__all__ = ["Crawl"]

T = TypeVar("T")

_KEPT_PROBLEMS = 1000
_KEPT_BYTES = 16 * 1024 * 1024
_LONGEST_LINK = 8192
_PORTS = {"http": 80, "https": 443}


class Crawl(Generic[T]):
    """One pass over a list; ``advance`` fetches its next page.

    Attributes:
        problems: What was wrong and left out, the first 1000; with the JSON text of what was left
            out until 16 MB are kept.
        repairs: How many objects needed each rule of the dialect.
    """

    def __init__(self, line: Line, request: Request[list[T]]) -> None:
        self.problems: list[Problem] = []
        self.repairs: Counter[str] = Counter()
        self._line = line
        self._request = request
        self._kind = get_args(request.operation.result)[0]
        self._correlation_id = line.correlation_id or headers.new_id()
        self._next: str | None = target(line, request)
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
        self._seen.add(self._next)
        arrived = yield from arrive(self._line, self._request, self._next, self._correlation_id)
        page = yield from self._read(arrived)
        self._next = None if self._is_past_the_end(page, arrived) else page.next_url
        try:
            self._judge_link(page)
        except OcpiError as fault:
            self._fault = located(fault, arrived.outgoing)
        return page

    def _read(self, arrived: Arrived) -> Flow[Page[T]]:
        assert arrived.reply is not None  # noqa: S101 - arrive() gives nothing else
        assert arrived.envelope is not None  # noqa: S101
        sent, url = arrived.reply.headers, arrived.outgoing.url
        good = yield from self._items_of(raw_data(arrived.envelope), arrived)
        repairs = [each.reading.repairs if each.reading else () for each in good]
        if any(repairs):
            found = rules(repairs)
            self.repairs.update(found)
            self._line.repairs.update(found)
            log_repairs(arrived.outgoing, found)
        return Page(
            items=[each.value for each in good],
            raw_items=[each.raw for each in good],
            texts=[Raw(each.reading.text) if each.reading else each.raw for each in good],
            repairs=repairs,
            total=self._number(headers.TOTAL_COUNT, arrived),
            limit=self._number(headers.LIMIT, arrived),
            next_url=_next_url(sent.get(headers.LINK), url),
            url=url,
        )

    def _items_of(self, data: Raw | None, arrived: Arrived) -> Flow[list[codec.Item[T]]]:
        limits = self._line.settings.limits
        if data is None:
            self._report(arrived, "data is missing in the answer; it is read as an empty list.")
        try:
            now = arrived.envelope.timestamp if arrived.envelope else None
            reader = reader_of(self._line.settings.dialect, self._kind, now)
            steps = list_steps(data or Raw(b"[]"), self._kind, limits.of_objects(), reader)
            read = yield from paced(steps)
        except OcpiError as fault:
            raise located(as_protocol_error(fault), arrived.outgoing) from fault
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

    def _judge_link(self, page: Page[T]) -> None:
        """Decide whether the crawl may go on.

        Raises:
            ProtocolError: The Link leads to a page that was already read, or nowhere.
            UnsafeUrl: It leads to another origin.
            LimitExceeded: The list is too long.
        """
        link, limits = self._next, self._line.settings.limits
        if link is None:
            return
        if len(link) > _LONGEST_LINK:
            raise ProtocolError(f"The Link has {len(link)} characters, at most {_LONGEST_LINK}.")
        if link in self._seen:
            raise ProtocolError(f"The Link leads back to {link}, a page that was already read.")
        if not self._line.settings.foreign_links and _origin(link) != _origin(page.url):
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
        outgoing = arrived.outgoing
        problem = Problem(
            outgoing.operation.id, outgoing.url, message, pointer, raw, violations, partial
        )
        if len(self.problems) < _KEPT_PROBLEMS:
            self._kept_bytes += len(raw or b"")
            kept = (
                problem
                if self._kept_bytes <= _KEPT_BYTES
                else replace(problem, raw=None, partial=None)
            )
            self.problems.append(kept)
        report(self._line.settings, problem)


def _next_url(link: str | None, url: str) -> str | None:
    """Return the URL of the next page as it came; a relative one is joined to that of this page."""
    found = paging.parse_link(link)
    if found is None or "://" in found:
        return found
    return paging.parse_link(link, base=url)


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
