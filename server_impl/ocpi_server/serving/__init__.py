"""The server of the platform: uvicorn, with bounds for connections that it does not have itself."""

import signal
import socket
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, Final, cast

import uvicorn

from ocpi_runtime.failures import CommandFailed
from ocpi_server.serving._connections import Connection, Gate
from ocpi_server.serving._logs import configure_logs
from ocpi_server.settings import LimitRules, LogRules

try:
    import resource
except ModuleNotFoundError:  # there is none on Windows, and no such limit
    resource = None  # type: ignore[assignment]

__all__ = ["serve_app", "server_config"]

_FILES: Final = 65536
_OTHER_FILES: Final = 256
_SHUTDOWN_SECONDS: Final = 10
_INTERRUPT_SECONDS: Final = 1


def server_config(app: Callable[..., Any], rules: LimitRules, **options: Any) -> uvicorn.Config:
    """Return the configuration of a server that keeps to the limits of the settings.

    Args:
        app: The application, :attr:`ocpi_server.Platform.app`.
        rules: What partners may take of the server.
        options: Anything else that ``uvicorn.Config`` takes, such as ``host`` and ``port``.
    """
    gate = Gate(rules, most=min(rules.connections, _connections_possible()))
    own: dict[str, Any] = {
        "http": cast("type[Any]", partial(Connection, gate)),
        "ws": "none",
        "server_header": False,
        "timeout_keep_alive": rules.keep_alive_seconds,
        "timeout_graceful_shutdown": _SHUTDOWN_SECONDS,
        "access_log": False,
    }
    return uvicorn.Config(app, **(own | options))


def serve_app(
    app: Callable[..., Any], rules: LimitRules, log: LogRules | None = None, **options: Any
) -> bool:
    """Serve an application until the process is stopped.

    Args:
        app: As in :func:`server_config`, like the others.
        rules: What partners may take of the server.
        log: What the process logs; without it that is left as it is.
        options: Anything else that ``uvicorn.Config`` takes.

    Returns:
        Whether the server started.

    Raises:
        CannotListen: The address is in use, or is none of this machine.
        KeyboardInterrupt: It was stopped by Ctrl-C, and has shut down.
    """
    _check_address(options.get("host", "127.0.0.1"), options.get("port", 0))
    if log is not None:
        configure_logs(log)
        options["log_config"] = None
    server = _Server(server_config(app, rules, **options))
    # uvicorn raises the signal again when it has shut down; this one was a clean stop.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        server.run()
    finally:
        signal.signal(signal.SIGTERM, before)
    return server.started


class CannotListen(CommandFailed):
    """The address cannot be listened at."""


class _Server(uvicorn.Server):
    """A server that lets open requests end at SIGTERM, but does not wait long at Ctrl-C."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGINT:
            self.config.timeout_graceful_shutdown = _INTERRUPT_SECONDS
        super().handle_exit(sig, frame)


def _check_address(host: str, port: int) -> None:
    """Refuse an address that cannot be listened at; uvicorn would log it and exit with 1 or 3.

    Raises:
        CannotListen: It is in use, or is not an address of this machine.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise CannotListen(f"cannot listen at {host}:{port}: {why}") from error


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
