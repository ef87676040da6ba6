"""Whether a process is alive and ready, for load balancers and orchestrators."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["HealthPaths"]

log = logging.getLogger("ocpi_server.platform")

_LIVE: Final = "/livez"
_READY: Final = "/readyz"
_PATHS: Final = frozenset({_LIVE, _READY})
_KEPT_SECONDS: Final = 1.0
"""How long a result is reused: anybody may ask, and each check reads the database."""
_CHECK_SECONDS: Final = 2.0


class HealthPaths:
    """Answers ``/livez`` and ``/readyz`` at the root of the host; the application all else.

    ``/livez`` is 200 as long as the process answers at all. ``/readyz`` is 200 while requests of
    partners can be served, and 503 while they cannot, or the process is about to stop.

    Args:
        app: The application.
        check: Raises why requests cannot be served; it may take two seconds.
        is_stopping: Returns whether no more requests are wanted, though they are served.
        clock: Returns seconds that never go back.
    """

    def __init__(
        self,
        app: ASGIApp,
        check: Callable[[], Awaitable[None]],
        is_stopping: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._check, self._clock = app, check, clock
        self._is_stopping = is_stopping
        self._lock = asyncio.Lock()
        self._known = (False, float("-inf"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked = scope["type"] == "http" and scope["path"] in _PATHS
        if not asked or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        well = scope["path"] == _LIVE or await self._ready()
        answer = JSONResponse(
            {"status": "ok" if well else "unavailable"},
            200 if well else 503,
            headers={"cache-control": "no-store", "x-content-type-options": "nosniff"},
        )
        await answer(scope, receive, send)

    async def _ready(self) -> bool:
        if self._is_stopping():
            return False
        async with self._lock:
            ready, since = self._known
            if self._clock() - since >= _KEPT_SECONDS:
                ready = await self._checked()
                self._known = ready, self._clock()
        return ready

    async def _checked(self) -> bool:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._check()
        except Exception as error:  # noqa: BLE001 - whatever it is, requests fail too
            log.warning("not ready: %s", str(error) or type(error).__name__)
            return False
        return True
