"""The HTTP clients that a session takes: of httpx2, of httpx, or what has their methods."""

import sys
from typing import Any, Protocol, TypeAlias

__all__ = ["HttpClient", "SyncHttpClient", "Timeouts", "error_classes"]

Timeouts: TypeAlias = tuple[float, float, float, float]
"""To connect, to read, to write, and to wait for a connection: both libraries take it."""
_LIBRARIES = ("httpx2", "httpx")


class HttpClient(Protocol):
    """An ``AsyncClient`` of httpx2 or httpx."""

    def build_request(self, *args: Any, **kwargs: Any) -> Any:
        """Make a request."""

    async def send(self, *args: Any, **kwargs: Any) -> Any:
        """Send it."""

    async def aclose(self) -> None:
        """Close the connections."""


class SyncHttpClient(Protocol):
    """A ``Client`` of httpx2 or httpx."""

    def build_request(self, *args: Any, **kwargs: Any) -> Any:
        """Make a request."""

    def send(self, *args: Any, **kwargs: Any) -> Any:
        """Send it."""

    def close(self) -> None:
        """Close the connections."""


def error_classes(*wanted: str | type[Exception]) -> tuple[type[Exception], ...]:
    """Return exceptions: those of a name in each of the libraries that is loaded, or as given."""
    loaded = [sys.modules[each] for each in _LIBRARIES if each in sys.modules]
    found: list[type[Exception]] = []
    for each in wanted:
        found += [vars(one)[each] for one in loaded] if isinstance(each, str) else [each]
    return tuple(found)
