"""The connections to partners: a pool for each, few enough, never closed while it is needed."""

import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import httpx2

from ocpi_runtime.client import HttpClient

__all__ = ["Guarded", "PoolKey", "Pools", "checked_seldom"]

PoolKey: TypeAlias = tuple[str, bytes | None]
"""The key of a partner, and its transport settings as sealed: other settings, another pool."""

_CHECKED_SECONDS: Final = 0.25
_seldom: ContextVar[bool] = ContextVar("seldom", default=False)
_MOST: Final = 200
_UNUSED_SECONDS: Final = 600.0


class Pools:
    """A client for each partner that is called, the least recently used first.

    A pool with open requests is never closed, so there are more pools than allowed while more
    partners than that are being called.

    Args:
        make: Returns a new client for a partner and its settings.
        most: How many are kept.
        unused_seconds: After this time without a request a pool is closed.
    """

    def __init__(
        self,
        make: Callable[[PoolKey], HttpClient],
        *,
        most: int = _MOST,
        unused_seconds: float = _UNUSED_SECONDS,
    ) -> None:
        self._make, self._most, self._unused_seconds = make, most, unused_seconds
        self._pools: OrderedDict[PoolKey, _Pool] = OrderedDict()

    def __len__(self) -> int:
        """Return how many pools there are."""
        return len(self._pools)

    def build_request(self, key: PoolKey, **arguments: Any) -> Any:
        """Make a request to a partner."""
        return self._of(key).http.build_request(**arguments)

    async def send(self, key: PoolKey, request: Any, **options: Any) -> Any:
        """Send a request to a partner; it is open until its answer is read or closed."""
        pool = self._begin(key)
        try:
            if len(self._pools) > self._most:
                await self._close_spare(-math.inf)
            response = await pool.http.send(request, **options)
        except BaseException:
            pool.end()
            raise
        if response.is_closed:
            pool.end()
        else:
            response.stream = _Counted(response.stream, pool.end)
        return response

    async def close_unused(self) -> None:
        """Close the pools that were not used for a while, and those that are too many."""
        await self._close_spare(time.monotonic() - self._unused_seconds)

    async def close(self) -> None:
        """Close all pools, whatever is open."""
        while self._pools:
            await self._pools.popitem()[1].http.aclose()

    def _begin(self, key: PoolKey) -> "_Pool":
        """Count a request to a partner, whose pool is made where there is none."""
        pool = self._of(key)
        self._pools.move_to_end(key)
        pool.open += 1
        return pool

    def _of(self, key: PoolKey) -> "_Pool":
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = _Pool(self._make(key))
        return pool

    async def _close_spare(self, oldest: float) -> None:
        # Looked for again each time: while one is closed, requests begin and end.
        while (key := self._spare(oldest)) is not None:
            await self._pools.pop(key).http.aclose()

    def _spare(self, oldest: float) -> PoolKey | None:
        """Find a pool that is too many or was last used before an instant."""
        surplus = len(self._pools) > self._most
        idle = (item for item in self._pools.items() if item[1].is_idle)
        return next((key for key, pool in idle if surplus or pool.used < oldest), None)


@dataclass(slots=True)
class _Pool:
    """The connections to one partner.

    Attributes:
        http: The client that has them.
        open: How many requests are open.
        used: When the last of them ended, by the monotonic clock.
    """

    http: HttpClient
    open: int = 0
    used: float = field(default_factory=time.monotonic)

    @property
    def is_idle(self) -> bool:
        """Whether no request is open."""
        return not self.open

    def end(self) -> None:
        """Count a request that has ended."""
        self.open -= 1
        self.used = time.monotonic()


class Guarded:
    """Sends to a partner through its pool, after a look at whether it may.

    Args:
        pools: The connections to partners.
        key: The partner and its settings.
        check: Raises what forbids it.
        changes: Returns how often this process has changed what is checked.
    """

    def __init__(
        self,
        pools: Pools,
        key: PoolKey,
        check: Callable[[], Awaitable[None]] | None = None,
        changes: Callable[[], int] = lambda: 0,
    ) -> None:
        self._pools, self._key = pools, key
        self._check, self._changes = check, changes
        self._checked_at, self._changes_then = -math.inf, changes()

    def build_request(self, **arguments: Any) -> Any:
        """Make a request."""
        return self._pools.build_request(self._key, **arguments)

    async def aclose(self) -> None:
        """Leave the connections to others."""

    async def send(self, request: Any, **options: Any) -> Any:
        """Send a request."""
        if self._check is not None:
            await self._checked(self._check)
        return await self._pools.send(self._key, request, **options)

    async def _checked(self, check: Callable[[], Awaitable[None]]) -> None:
        now = time.monotonic()
        due = not _seldom.get() or now - self._checked_at > _CHECKED_SECONDS
        # What this process changes while it is checked may have been missed.
        while due or self._changes_then != self._changes():
            due, changes = False, self._changes()
            await check()
            self._checked_at, self._changes_then = now, changes


@contextmanager
def checked_seldom() -> Iterator[None]:
    """Check in a block of many requests every quarter of a second only whether they may be sent.

    After a change by this process they are checked again at once.
    """
    token = _seldom.set(True)
    try:
        yield
    finally:
        _seldom.reset(token)


class _Counted(httpx2.AsyncByteStream):
    """The body of an answer, which says once that it is closed.

    Args:
        stream: The body.
        closed: Is called when it is closed.
    """

    def __init__(self, stream: httpx2.AsyncByteStream, closed: Callable[[], None]) -> None:
        self._stream = stream
        self._closed: Callable[[], None] | None = closed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            closed, self._closed = self._closed, None
            if closed is not None:
                closed()
