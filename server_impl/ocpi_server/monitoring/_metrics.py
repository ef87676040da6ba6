"""Metrics on a port of their own, in the text format of Prometheus."""

import asyncio
import errno
import logging
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ocpi_server._operations import Operations
from ocpi_server.observing.observation import Observation
from ocpi_server.serving import server_config
from ocpi_server.settings import LimitRules, MetricsRules

__all__ = ["serving_metrics"]

log = logging.getLogger("ocpi_server.metrics")

_PORTS: Final = 64
"""Number of ports that are tried, as each process on a machine takes the next free one."""
_LAG_SECONDS: Final = 0.5
_LIMITS: Final = LimitRules(connections=20, connections_per_address=20)


@asynccontextmanager
async def serving_metrics(platform: Operations, observation: Observation) -> AsyncIterator[None]:
    """Serve metrics until the block ends, if the settings ask for it.

    Raises:
        OSError: No port can be listened at.
    """
    if observation.metrics is None:
        yield
        return
    from ocpi_server.monitoring._families import StateMetrics  # noqa: PLC0415 - needs prometheus_client

    state = StateMetrics(platform, observation)
    listener = _listen(platform.settings.metrics)
    host, port = listener.getsockname()[:2]
    config = server_config(_MetricsApp(state), _LIMITS, log_config=None, lifespan="off")
    server = _Server(config)
    tasks = [
        asyncio.create_task(server.serve(sockets=[listener]), name="metrics"),
        asyncio.create_task(_measure_lag(state), name="event loop lag"),
    ]
    log.info("metrics at http://%s:%d/metrics", host, port)
    try:
        yield
    finally:
        server.should_exit = True
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        listener.close()


def _listen(rules: MetricsRules) -> socket.socket:
    """Listen at the port, or at the next one that is free."""
    family = socket.AF_INET6 if ":" in rules.host else socket.AF_INET
    for port in range(rules.port, min(rules.port + _PORTS, 65536)):
        # asyncio sends small answers at once only on sockets whose protocol is stated.
        listener = socket.socket(family, proto=socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((rules.host, port))
            listener.listen(16)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return listener
    raise OSError(errno.EADDRINUSE, f"no port from {rules.port} on is free for metrics")


async def _measure_lag(state: Any) -> None:
    """Measure the delay of the event loop."""
    while True:
        due = time.monotonic() + _LAG_SECONDS
        await asyncio.sleep(_LAG_SECONDS)
        state.lag.observe(max(time.monotonic() - due, 0.0))


class _Server(uvicorn.Server):
    """A server beside another one: signals are for that one."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _MetricsApp:
    """Answers ``GET /metrics``."""

    def __init__(self, state: Any) -> None:
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = Response("The metrics are at /metrics.\n", 404, media_type="text/plain")
        if scope["type"] == "http" and scope["path"] == "/metrics":
            answer = await self._metrics(scope["method"])
        await answer(scope, receive, send)

    async def _metrics(self, method: str) -> Response:
        if method not in {"GET", "HEAD"}:
            return Response("Use GET.\n", 405, {"allow": "GET, HEAD"}, "text/plain")
        try:
            text, kind = await self._state.text()
        except Exception:
            log.exception("the state of the platform cannot be read")
            return Response("The state of the platform cannot be read.\n", 503)
        return Response(text, headers={"content-type": kind, "cache-control": "no-store"})
