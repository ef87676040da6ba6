"""A file of exchanges, one JSON object a line: what ``on_exchange`` gets, written down."""

import base64
from datetime import UTC
from os import PathLike
from threading import Lock
from types import TracebackType
from typing import Any, Self

import msgspec

from ocpi_runtime._wire.exchange import Exchange

__all__ = ["ExchangeLog", "exchange_data"]


class ExchangeLog:
    """Appends exchanges to a file; pass it as ``on_exchange`` to a client, server or platform.

    A line has ``started``, ``duration``, ``operation``, ``partner``, ``method``, ``url``,
    ``request_headers``, ``request_body``, ``http_status`` (0 where no answer came),
    ``response_headers``, ``response_body``, ``error`` and ``token_mark``, which
    is the same for requests with the same token. A body that is no UTF-8 is Base64-encoded, under
    ``request_body_base64`` or ``response_body_base64``. Tokens are masked.

    Args:
        path: The file; it is made where there is none.

    Raises:
        OSError: The file cannot be opened.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._file = open(path, "ab")  # noqa: PTH123, SIM115 - closed by close
        self._lock = Lock()

    def __call__(self, exchange: Exchange) -> None:
        """Append an exchange; it is in the file when this returns."""
        line = msgspec.json.encode(exchange_data(exchange)) + b"\n"
        with self._lock:
            self._file.write(line)
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def exchange_data(exchange: Exchange) -> dict[str, Any]:
    """Return the JSON object that a line of an :class:`ExchangeLog` is."""
    return {
        "started": exchange.started.astimezone(UTC),
        "duration": exchange.duration,
        "operation": exchange.operation,
        "partner": exchange.partner,
        "method": exchange.method,
        "url": exchange.url,
        "request_headers": dict(exchange.request_headers),
        **_body("request_body", exchange.request_body),
        "http_status": exchange.http_status,
        "response_headers": dict(exchange.response_headers),
        **_body("response_body", exchange.response_body),
        "error": exchange.error,
        "token_mark": exchange.token_mark,
    }


def _body(name: str, body: bytes) -> dict[str, str]:
    try:
        return {name: body.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(body).decode()}
