"""Lists that come in pages: iterators that follow Link, guarded against loops and wrong Links."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

from ocpi_runtime.client._calls.prepare import Connection
from ocpi_runtime.client._calls.request import Request
from ocpi_runtime.client._http.drivers import AsyncWire, SyncWire
from ocpi_runtime.client._paging._crawl import Crawl
from ocpi_runtime.client._paging._page import ReceivedPage

if TYPE_CHECKING:
    from ocpi_runtime._wire.exchange import Problem

__all__ = ["Pages", "SyncPages"]

T = TypeVar("T")


class Pages(Generic[T]):
    """All items of a list, fetched page by page while they are iterated over.

    Iterating starts a crawl at the first page; each ``async for`` is a crawl of its own.

    Attributes:
        problems: What was wrong in the latest crawl and left out, up to 1000; all of it goes to
            the log and to ``on_problem``.
        repairs: How many objects of the latest crawl needed each rule of the dialect.

    Raises:
        ProtocolError: A Link loops, leads to a wrong place, or past many empty pages.
        LimitExceeded: The list is longer than the limits of the session.
        OcpiError: As every call.
    """

    def __init__(self, wire: AsyncWire, connection: Connection, request: Request[list[T]]) -> None:
        self._wire = wire
        self._connection = connection
        self._request = request
        self.problems: list[Problem] = []
        self.repairs: Counter[str] = Counter()
        self._crawl: Crawl[T] | None = None

    @property
    def complete(self) -> bool:
        """Whether the latest crawl came to an end that nothing speaks against."""
        return self._crawl is not None and self._crawl.complete

    @property
    def all_reported(self) -> bool:
        """Whether the text of each object that was left out is among the problems."""
        return self._crawl is None or self._crawl.all_reported

    @property
    def position(self) -> tuple[str, int] | None:
        """Where the latest crawl goes on: the URL of a page, and how many objects came before."""
        return None if self._crawl is None else self._crawl.position

    async def pages(self, start: tuple[str, int] | None = None) -> AsyncIterator[ReceivedPage[T]]:
        """Iterate over the pages, with their totals, links and raw items.

        Args:
            start: The position of an earlier crawl of the same list, to go on there.
        """
        self._crawl = crawl = Crawl(self._connection, self._request, start)
        self.problems, self.repairs = crawl.problems, crawl.repairs
        while (page := await self._wire.run(crawl.advance())) is not None:
            yield page

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.items:
                yield item


class SyncPages(Generic[T]):
    """All items of a list, as :class:`Pages`, without await."""

    def __init__(self, wire: SyncWire, connection: Connection, request: Request[list[T]]) -> None:
        self._wire = wire
        self._connection = connection
        self._request = request
        self.problems: list[Problem] = []
        self.repairs: Counter[str] = Counter()
        self._crawl: Crawl[T] | None = None

    @property
    def complete(self) -> bool:
        """Whether the latest crawl came to an end that nothing speaks against."""
        return self._crawl is not None and self._crawl.complete

    @property
    def all_reported(self) -> bool:
        """Whether the text of each object that was left out is among the problems."""
        return self._crawl is None or self._crawl.all_reported

    def pages(self) -> Iterator[ReceivedPage[T]]:
        """Iterate over the pages, with their totals, links and raw items."""
        self._crawl = crawl = Crawl(self._connection, self._request)
        self.problems, self.repairs = crawl.problems, crawl.repairs
        while (page := self._wire.run(crawl.advance())) is not None:
            yield page

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.items
