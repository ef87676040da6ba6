"""The server of the platform: uvicorn, with additional limits for connections."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any, Final, Protocol, cast

import uvicorn

from ocpi_runtime.failures import CommandFailed
from ocpi_server.serving._connections import Connection, ConnectionLimiter
from ocpi_server.serving._logs import configure_logs
from ocpi_server.serving._workers import NOT_STARTED, run_workers
from ocpi_server.settings import LimitRules, LogRules, Settings

try:
    import resource
except ModuleNotFoundError:  # there is none on Windows, and no such limit
    resource = None  # type: ignore[assignment]

__all__ = ["Stopping", "listening", "serve_app", "serve_platform", "server_config"]

_FILES: Final = 65536
_OTHER_FILES: Final = 256
_SHUTDOWN_SECONDS: Final = 10
_INTERRUPT_SECONDS: Final = 1
_BACKLOG: Final = 2048


@dataclass(frozen=True, slots=True)
class Stopping:
    """What happens at SIGTERM.

    Attributes:
        announce: Called first, so that load balancers see that no more requests are wanted.
        seconds: How long requests are served as before then, and connections are not kept.
    """

    announce: Callable[[], None]
    seconds: float = 0.0


def server_config(app: Callable[..., Any], rules: LimitRules, **options: Any) -> uvicorn.Config:
    """Return the configuration of a server that keeps to the limits of the settings.

    Args:
        app: The application, :attr:`ocpi_server.Platform.app`.
        rules: What partners may take of the server.
        options: Anything else that ``uvicorn.Config`` takes, such as ``host`` and ``port``.
    """
    return _config(app, _limiter(rules), **options)


def _limiter(rules: LimitRules) -> ConnectionLimiter:
    return ConnectionLimiter(rules, most=min(rules.connections, _connections_possible()))


def _config(app: Callable[..., Any], limiter: ConnectionLimiter, **options: Any) -> uvicorn.Config:
    rules = limiter.rules
    own: dict[str, Any] = {
        "http": cast("type[Any]", partial(Connection, limiter)),
        "ws": "none",
        "server_header": False,
        "timeout_keep_alive": rules.keep_alive_seconds,
        "timeout_graceful_shutdown": _SHUTDOWN_SECONDS,
        "access_log": False,
    }
    return uvicorn.Config(app, **(own | options))


def serve_app(
    app: Callable[..., Any],
    rules: LimitRules,
    listener: socket.socket,
    log: LogRules | None = None,
    stopping: Stopping | None = None,
    **options: Any,
) -> bool:
    """Serve an application until the process is stopped.

    Args:
        app: As in :func:`server_config`, like the rules.
        rules: What partners may take of the server.
        listener: A socket of :func:`listening`.
        log: What the process logs; without it that is left as it is.
        stopping: What happens at SIGTERM.
        options: Anything else that ``uvicorn.Config`` takes.

    Returns:
        Whether the server started.

    Raises:
        KeyboardInterrupt: It was stopped by Ctrl-C, and has shut down.
    """
    if log is not None:
        configure_logs(log)
        options["log_config"] = None
    limiter = _limiter(rules)
    server = _Server(_config(app, limiter, **options), limiter, stopping)
    # uvicorn raises the signal again when it has shut down; this one was a clean stop.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        server.run([listener])
    finally:
        signal.signal(signal.SIGTERM, before)
    return server.started


class Servable(Protocol):
    """A platform, as far as it is served.

    Attributes:
        settings: Who it is.
        stopping: Whether it reports that no more requests are wanted.
    """

    settings: Settings
    stopping: bool

    @property
    def app(self) -> Callable[..., Any]:
        """The application."""
        ...


def serve_platform(
    make: Callable[[int], Servable],
    listener: socket.socket,
    *,
    workers: int = 1,
    drain: float = 0.0,
) -> bool:
    """Serve a platform until this process is stopped.

    Args:
        make: Makes the platform, in the process that serves it, given the number of that.
        listener: A socket of :func:`listening`.
        workers: How many processes serve it.
        drain: For how many seconds they serve on after SIGTERM.

    Returns:
        Whether it could be served.

    Raises:
        CommandFailed: This system cannot run several workers.
        KeyboardInterrupt: It was stopped by Ctrl-C, and has shut down.
    """

    def serve(number: int = 0) -> int:
        platform = make(number)
        rules, log = platform.settings.limits, platform.settings.log

        def announce() -> None:
            platform.stopping = True

        stopping = Stopping(announce, drain)
        return 0 if serve_app(platform.app, rules, listener, log, stopping) else NOT_STARTED

    if workers == 1:
        return serve() == 0
    if not hasattr(os, "fork"):
        raise CommandFailed("this system has no fork; start 'ocpi serve' several times instead")
    return run_workers(workers, serve) == 0


class CannotListen(CommandFailed):
    """The address cannot be listened on."""


class _Server(uvicorn.Server):
    """A server that lets open requests end at SIGTERM, but does not wait long at Ctrl-C."""

    def __init__(
        self, config: uvicorn.Config, limiter: ConnectionLimiter, stopping: Stopping | None
    ) -> None:
        super().__init__(config)
        self._limiter, self._stopping = limiter, stopping
        self._ends: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:  # uvicorn reports the address only where it opens the socket
            self.config.host, self.config.port = sockets[0].getsockname()[:2]
            self._log_started_message(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGINT:
            self.config.timeout_graceful_shutdown = _INTERRUPT_SECONDS
        elif self._stopping is not None and self._ends is None:
            self._ends = time.monotonic() + self._stopping.seconds
            self._limiter.keeps = False
            self._stopping.announce()
            return
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._limiter.keeps = False
        await asyncio.sleep(0)  # connections that wait to be accepted are, before the socket closes
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        ended = self._ends is not None and time.monotonic() >= self._ends
        return await super().on_tick(counter) or ended


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address.

    Raises:
        CannotListen: It is in use, or is not an address of this machine.
    """
    made = None
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # asyncio sends small answers at once only on sockets whose protocol is stated.
        made = socket.socket(family, kind, socket.IPPROTO_TCP)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_BACKLOG)
    except (OSError, UnicodeError) as error:
        if made is not None:
            made.close()
        why = getattr(error, "strerror", None) or error
        raise CannotListen(
            f"cannot listen at {host}:{port}: {why}; choose another address with --host and --port"
        ) from error
    return made


def _connections_possible() -> int:
    """Raise the number of files that the process may open; return how many connections fit."""
    if resource is None:
        return _FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return _FILES if soft == resource.RLIM_INFINITY else max(soft - _OTHER_FILES, soft // 2)
