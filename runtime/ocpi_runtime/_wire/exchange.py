"""Records of what went over the wire, fit to be printed: no token is in them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2s
from secrets import token_bytes
from typing import Any, Final

import msgspec

from ocpi_runtime.errors import Violation
from ocpi_runtime.types import Raw

__all__ = [
    "MASK",
    "Exchange",
    "Problem",
    "is_secret",
    "mark_of",
    "mask_headers",
    "mask_tokens",
    "token_mark",
]

MASK = "***"
_AUTHORIZATION = "authorization"
_MARKING = token_bytes(16)
_LONGEST_CREDENTIALS = 256 * 1024
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_SECRET_WORDS = re.compile(r"api-?key|subscription-key|token|secret|password|credential")
"""What names of headers have that gateways ask for beside the token of OCPI."""
_LONGEST_CACHED: Final = 64


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request and what came back.

    Credentials tokens are masked, in the headers and in the bodies of the credentials module.

    Attributes:
        operation: The operation id, such as ``get_locations``.
        method: The HTTP method.
        url: The URL that was called.
        request_headers: The headers that were sent; names in lower case.
        request_body: The body that was sent; empty where there was none.
        http_status: The HTTP status, or 0 where no answer came.
        response_headers: The headers that came; names in lower case.
        response_body: The body that came, decompressed.
        status_code: The OCPI status, or None where there was no envelope.
        status_message: ``status_message`` of the envelope.
        error: Why the exchange failed below OCPI, or None.
        started: When the request was sent (UTC).
        duration: Seconds from sending to the last byte.
        partner: On the side of the server, the id of the partner, or None where it is not known.
        module: The OCPI module of the operation; empty where no operation was found.
        request_id: X-Request-ID; empty in versions that have none.
        correlation_id: X-Correlation-ID, likewise.
        token_mark: The same for requests with the same token, within a process; the token cannot be
            found by it. Empty where no token was sent.
    """

    operation: str
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: bytes
    http_status: int
    response_headers: Mapping[str, str]
    response_body: bytes
    status_code: int | None
    status_message: str | None
    error: str | None
    started: datetime
    duration: float
    partner: str | None = None
    module: str = ""
    request_id: str = ""
    correlation_id: str = ""
    token_mark: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a peer did wrong and the session got over.

    Attributes:
        operation: The operation id.
        url: The URL whose answer had the problem.
        message: What is wrong, for a person.
        pointer: Where in ``data``, as a JSON pointer (``/3`` is the fourth item).
        raw: The JSON text of the part that was left out, if one was.
        violations: The single faults, if they are known.
        partial: What could be read of that part: a model in which what is missing or wrong is
            UNSET and unknown enum values are text; None where nothing was.
    """

    operation: str
    url: str
    message: str
    pointer: str = ""
    raw: Raw | None = None
    violations: tuple[Violation, ...] = ()
    partial: Any = None


def mask_headers(headers: Mapping[str, str], extra: Iterable[str] = ()) -> dict[str, str]:
    """Copy headers with lower-case names, hiding those that open a door.

    Args:
        headers: The headers.
        extra: Names of more headers to hide.
    """
    found = {name.lower(): value for name, value in headers.items()}
    for name in found:
        if is_secret(name):
            found[name] = MASK
    for name in extra:
        if name.lower() in found:
            found[name.lower()] = MASK
    return found


def is_secret(name: str) -> bool:
    """Return whether the value of a header is hidden; its name is in lower case."""
    return _is_secret(name) if len(name) <= _LONGEST_CACHED else _has_secret_word(name)


def _has_secret_word(name: str) -> bool:
    return name in _SECRET_HEADERS or _SECRET_WORDS.search(name) is not None


_is_secret = lru_cache(maxsize=1024)(_has_secret_word)
"""Most requests have headers of the same few names."""


def token_mark(headers: Mapping[str, str]) -> str:
    """Return a mark of the token in the headers of a request; empty where there is none.

    It is a hash whose key no other process knows, and that is stored nowhere.
    """
    sent = next((value for name, value in headers.items() if name.lower() == _AUTHORIZATION), "")
    return mark_of(sent) if sent else ""


def mark_of(authorization: str) -> str:
    """Return the mark of the token in a header."""
    sent = authorization.encode(errors="replace")
    return blake2s(sent, key=_MARKING, digest_size=6).hexdigest()


def mask_tokens(body: bytes) -> bytes:
    """Hide the credentials token in a body of the credentials module, bare or in an envelope."""
    if not body:
        return body
    if len(body) > _LONGEST_CREDENTIALS:
        return MASK.encode()
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return MASK.encode()
    _mask(document)
    return msgspec.json.encode(document)


def _mask(document: Any) -> None:
    """Hide tokens wherever they are: peers wrap objects in lists and in other objects."""
    waiting = [document]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            inner |= {name: MASK for name in inner if name.lower() == "token"}
            waiting += inner.values()
        elif isinstance(inner, list):
            waiting += inner
