"""Checks of what the connections to a partner are made of."""

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

__all__ = ["check_file", "check_header", "check_proxy", "without_user"]

_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_RESERVED: Final = frozenset({
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type",
    "host", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
    "x-correlation-id", "x-request-id",
})  # fmt: skip
_ROUTING: Final = ("ocpi-from-", "ocpi-to-")


def check_file(name: str, path: str | os.PathLike[str] | None) -> None:
    """Raise a ValueError if the file cannot be read."""
    if path is None:
        return
    try:
        Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{name} {path} cannot be read: {error.strerror}.") from error


def check_header(name: str, value: str) -> None:
    """Raise a ValueError if the header cannot be an extra one."""
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is not the name of a header.")
    if name.lower() in _RESERVED or name.lower().startswith(_ROUTING):
        raise ValueError(f"{name} is set for each request and cannot be an extra header.")
    if not value or not value.isascii() or not value.isprintable() or value != value.strip():
        raise ValueError(f"The value of header {name} must be printable ASCII text.")


def check_proxy(url: str) -> None:
    """Raise a ValueError if the URL is not that of an HTTP proxy."""
    usage = "write http://host:port or http://user:password@host:port"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"The URL of the proxy cannot be read; {usage}.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        shown = without_user(url)
        raise ValueError(f"{shown} is not the URL of an HTTP proxy; {usage}.")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or not url.isascii():
        shown = without_user(url)
        raise ValueError(f"The URL of a proxy has a host and a port only, not {shown}; {usage}.")


def without_user(url: str) -> str:
    """Return the URL with its user and password masked."""
    scheme, mark, rest = url.partition("://")
    user, at, host = rest.rpartition("@")
    return f"{scheme}{mark}***@{host}" if at and user else url
