"""What is reported of each request: to the application, and to the log."""

import logging
import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from urllib.parse import quote

import msgspec
from starlette.types import Message, Receive, Scope, Send

from ocpi_runtime._wire.exchange import MASK, Exchange, is_secret, mark_of, mask_tokens
from ocpi_runtime.server._requests.request import RequestState

__all__ = ["BaseUrlCheck", "OnExchange", "Recorder", "log_request"]

log = logging.getLogger("ocpi_runtime.server.requests")

OnExchange = Callable[[Exchange], None]
_SERVER_ERROR: Final = 500


class _Status(msgspec.Struct):
    status_code: int | None = None
    status_message: str | None = None


_STATUS: Final = b'"status_code":'
_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9/._~%-]*+\Z").match
"""Matches what ``quote`` would leave as it is, in a tenth of the time."""
_AUTHORIZATION: Final = b"authorization"
_LONGEST_CACHED: Final = 64
_read_status = msgspec.json.Decoder(_Status).decode


class Recorder:
    """Records one request and its answer while they pass.

    Args:
        scope: The request.
        receive: Where its body comes from.
        send: Where the answer goes to.
        origin: Scheme and host of this application.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, origin: str) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._origin = origin
        self._request: list[bytes] = []
        self._response: list[bytes] = []
        self._status = 0
        self._headers: Iterable[tuple[bytes, bytes]] = ()
        self._started = time.time()

    async def receive(self) -> Message:
        """Pass on a part of the request."""
        message = await self._receive()
        if body := message.get("body"):
            self._request.append(body)
        return message

    async def send(self, message: Message) -> None:
        """Pass on a part of the answer."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = [*message["headers"]]
        elif message.get("body"):
            self._response.append(message["body"])
        await self._send(message)

    def statuses(self) -> tuple[int, int | None]:
        """Return the HTTP status, 0 where no answer was sent, and the OCPI status if it has one."""
        return self._status, self._envelope_status().status_code

    def exchange(self, state: RequestState | None, error: Exception | None) -> Exchange:
        """Return the record; tokens are masked."""
        operation = state.operation if state else ""
        query = self._scope["query_string"].decode("latin-1")
        status = self._envelope_status()
        return Exchange(
            operation=operation,
            method=self._scope["method"],
            url=self._origin + _path(self._scope) + (f"?{query}" if query else ""),
            request_headers=_masked(self._scope["headers"]),
            request_body=_body(b"".join(self._request), operation),
            http_status=self._status,
            response_headers=_masked(self._headers),
            response_body=_body(b"".join(self._response), operation),
            status_code=status.status_code,
            status_message=status.status_message,
            error=None if error is None else f"{type(error).__name__}: {error}",
            started=datetime.fromtimestamp(self._started, UTC),
            duration=_duration(state),
            partner=state.partner if state else None,
            module=state.module if state else "",
            request_id=state.request_id if state and state.ids else "",
            correlation_id=state.correlation_id if state and state.ids else "",
            token_mark=_mark(self._scope["headers"]),
        )

    def _envelope_status(self) -> _Status:
        """Read the status of the answer, which is behind its data: they are not parsed."""
        end = self._response[-1] if self._response else b""
        start = end.rfind(_STATUS)
        if start < 0:
            end = b"".join(self._response)
            start = end.rfind(_STATUS)
        try:
            return _read_status(b"{" + end[start:])
        except msgspec.DecodeError:
            return _Status()


class BaseUrlCheck:
    """Compares the path of the first request with that of the base URL.

    Args:
        base_url: That of the application.
        path: Its path, without trailing slash.
    """

    def __init__(self, base_url: str, path: str) -> None:
        self._base_url, self._path = base_url, path

    def check(self, scope: Scope) -> None:
        """Log a warning if the first request cannot be one to the base URL."""
        asked, root = _path(scope), scope.get("root_path", "").rstrip("/")
        below = f"{asked}/".startswith(f"{self._path}/")
        if not below or not f"{self._path}/".startswith(f"{root}/"):
            log.warning(
                "The first request is to %s (mounted at %r), but base_url is %s: mount the "
                "application at the path of base_url, or correct base_url.",
                asked,
                root,
                self._base_url,
            )


def log_request(
    scope: Scope, state: RequestState | None, status: int, error: Exception | None
) -> None:
    """Log a request: failures of this side as errors, others for debugging.

    What the line names is also in attributes of the record, with the correlation id.
    """
    level = logging.ERROR if status >= _SERVER_ERROR else logging.DEBUG
    if not log.isEnabledFor(level):
        return
    fields = {
        "method": scope["method"],
        "path": _path(scope),
        "operation": (state.operation if state else "") or "-",
        "partner": (state.partner if state else None) or "-",
        "status": status,
        "duration": round(_duration(state), 6),
        "request_id": state.request_id if state else "-",
    }
    log.log(
        level,
        "%s %s %s partner=%s status=%d duration=%.3fs request=%s",
        *fields.values(),
        exc_info=error if level == logging.ERROR else None,
        extra={
            **fields,
            "correlation_id": state.correlation_id if state else "-",
            "ocpi_module": (state.module if state else "") or "-",
            "direction": "in",
        },
    )


def _duration(state: RequestState | None) -> float:
    """Return the seconds since a request came; 0 for one that was refused before it was read."""
    return time.perf_counter() - state.started if state else 0.0


def _path(scope: Scope) -> str:
    """Return the path in its encoded form, so that it is one line."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.decode("latin-1").partition("?")[0] if raw else scope["path"]
    return path if _PLAIN_PATH(path) else quote(path, safe="/%:@!$&'()*+,;=~")


def _masked(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers with names in lower case, without the values that open a door."""
    shown: dict[str, str] = {}
    for raw, value in headers:
        name, hidden = _known(raw) if len(raw) <= _LONGEST_CACHED else _read_name(raw)
        shown[name] = MASK if hidden else value.decode("latin-1")
    return shown


def _read_name(raw: bytes) -> tuple[str, bool]:
    """Return the name of a header in lower case, and whether its value is hidden."""
    name = raw.decode("latin-1").lower()
    return name, is_secret(name)


_known = lru_cache(maxsize=1024)(_read_name)


def _mark(headers: Iterable[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name.lower() == _AUTHORIZATION:
            return mark_of(value.decode("latin-1")) if value else ""
    return ""


def _body(body: bytes, operation: str) -> bytes:
    """Return a body; where it may be credentials, their token is masked."""
    if not operation or operation.endswith("_credentials"):
        return mask_tokens(body)
    return body
