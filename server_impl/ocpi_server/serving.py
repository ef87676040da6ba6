"""The server of the platform: uvicorn, with bounds for connections that it does not have itself."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, cast

import uvicorn

from ocpi_server.connections import Connection, Gate
from ocpi_server.settings import LimitRules

try:
    import resource
except ModuleNotFoundError:  # there is none on Windows, and no such limit
    resource = None  # type: ignore[assignment]

__all__ = ["serve_app", "server_config"]

_FILES: Final = 65536
_OTHER_FILES: Final = 256
_SHUTDOWN_SECONDS: Final = 10


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


def serve_app(app: Callable[..., Any], rules: LimitRules, **options: Any) -> bool:
    """Serve an application until the process is told to stop.

    Args:
        app: As in :func:`server_config`, like the others.
        rules: What partners may take of the server.
        options: Anything else that ``uvicorn.Config`` takes.

    Returns:
        Whether the server started.
    """
    server = uvicorn.Server(server_config(app, rules, **options))
    with suppress(KeyboardInterrupt):  # uvicorn has shut down by then
        server.run()
    return server.started


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
