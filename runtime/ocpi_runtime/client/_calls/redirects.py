"""Redirects to the same origin: followed, and remembered for the endpoint."""

from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

__all__ = ["Moves", "is_same_origin", "new_address", "with_scheme_of"]

_FOLLOWED: Final = frozenset({307, 308})
"""The method and body of a request stay the same; other redirects may turn it into a GET."""
_PORTS: Final = {"http": 80, "https": 443}
_MOST_KEPT: Final = 200


def new_address(http_status: int, location: str | None, url: str) -> str | None:
    """Return where a redirect leads, or None where it is not followed.

    Args:
        http_status: The HTTP status of the answer.
        location: Its header Location.
        url: The URL that was called.
    """
    if http_status not in _FOLLOWED or not location:
        return None
    try:
        address = with_scheme_of(url, urljoin(url, location.strip()))
    except ValueError:
        return None
    return address if address != url and is_same_origin(address, url) else None


def is_same_origin(one: str, other: str) -> bool:
    """Return whether two URLs have the same scheme, host and port."""
    return (found := _origin(one)) is not None and found == _origin(other)


def with_scheme_of(url: str, address: str) -> str:
    """Return an address of the host of a URL with the scheme that the URL was reached by.

    A peer behind a proxy that speaks TLS for it sees plain HTTP, and writes its addresses so.

    Args:
        url: What was called.
        address: Where it leads to; one of another host, or of another port, stays as it is.
    """
    try:
        called, led = urlsplit(url), urlsplit(address)
        same = called.scheme != led.scheme and _place(called) == _place(led)
    except ValueError:
        return address
    if not same or led.scheme not in _PORTS:
        return address
    return led._replace(scheme=called.scheme, netloc=called.netloc).geturl()


def _place(parts: SplitResult) -> tuple[str | None, int | None]:
    """Return host and port of a URL; None for the port that its scheme has by default."""
    port = parts.port
    return parts.hostname, None if port == _PORTS.get(parts.scheme) else port


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None


class Moves:
    """The addresses below the endpoints of a peer that redirects have corrected.

    They are kept for each endpoint and path of an operation, so that one redirect is enough for all
    objects: a slash at the end that is wanted or not, or another base.
    """

    def __init__(self) -> None:
        self._moved: dict[tuple[str, str], tuple[str, str]] = {}

    def corrected(self, base: str, path: str, url: str) -> str:
        """Return the URL to call instead of one below an endpoint, without its query."""
        found = self._moved.get((base, path))
        if found is None:
            return url
        new_base, end = found
        return new_base + _tail(base, url) + end

    def note(self, base: str, path: str, url: str, address: str) -> None:
        """Keep what a redirect of a URL below an endpoint teaches.

        Args:
            base: The endpoint URL as the peer published it.
            path: The path of the operation below it, with the names of its parameters.
            url: The URL below the endpoint that was called, without query.
            address: Where it led.
        """
        address, tail = address.partition("?")[0], _tail(base, url)
        for end in ("", "/"):
            if address.endswith(tail + end) and len(self._moved) < _MOST_KEPT:
                new_base = address[: len(address) - len(tail + end)]
                self._moved[base, path] = (new_base, end)
                return


def _tail(base: str, url: str) -> str:
    """Return the path below an endpoint, without the slash at its end."""
    below = url[len(base.rstrip("/")) :] if url.startswith(base.rstrip("/")) else ""
    return below.rstrip("/")
