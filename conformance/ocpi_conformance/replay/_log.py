"""Logs of exchanges: HAR, and JSON lines as the client and the platform write them."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2s
from pathlib import Path
from secrets import token_bytes
from typing import Any, ClassVar, Final

from ocpi_conformance.exchanges.wire import (
    MASKED,
    MASKED_BASE64,
    Answer,
    RecordedExchange,
    SentRequest,
)
from ocpi_runtime.failures import CommandFailed

__all__ = ["LogInvalid", "Recording", "read_log"]

# Names of HTTP/2, and headers that are not sent again.
_DROPPED: Final = frozenset({
    "connection", "content-length", "host", "keep-alive", "proxy-authorization", "te",
    "transfer-encoding", "upgrade",
})  # fmt: skip

_MARKING: Final = token_bytes(16)

Recording = list[RecordedExchange]
"""The exchanges of a log, in their order."""


class LogInvalid(CommandFailed):
    """A file is not a log of exchanges."""

    exit_code: ClassVar[int] = 2


def read_log(file: Path, left_out: Callable[[int], None] | None = None) -> Recording:
    """Read a log: HAR, or JSON lines.

    Credentials tokens are masked: a header Authorization becomes a placeholder. Exchanges whose
    bodies were cut cannot be judged and are left out.

    Args:
        file: The log.
        left_out: Called with the number of exchanges that are left out, if there are some.

    Raises:
        LogInvalid: It cannot be read, or is neither; the message states the reason.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LogInvalid(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise LogInvalid(f"{file} is not UTF-8 text (byte {error.start}).") from None
    document = _document(text)
    if document is not None:
        whole = [one for one in document if not (isinstance(one, dict) and one.get("_cut") is True)]
        _report(left_out, len(document) - len(whole))
        return [*_each(_har_entry, whole, file, "entry")]
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise LogInvalid(f"{file} is empty; it has no exchange.")
    found = [*_each(_line, lines, file, "line")]
    whole = [one for one in found if one is not None]
    _report(left_out, len(found) - len(whole))
    return whole


def _report(left_out: Callable[[int], None] | None, count: int) -> None:
    if count and left_out is not None:
        left_out(count)


def _document(text: str) -> list[Any] | None:
    """Return the entries of a HAR, or None if it is not one."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    log = data.get("log") if isinstance(data, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    return entries if isinstance(entries, list) else None


def _each(read: Any, items: Iterable[Any], file: Path, what: str) -> Iterator[Any]:
    for number, item in enumerate(items, start=1):
        try:
            yield read(item)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise LogInvalid(
                f"{file}: {what} {number} is not an exchange: {why}. "
                "Use a HAR, or JSON lines as ocpi_runtime.client.ExchangeLog writes them."
            ) from None


def _line(line: str) -> RecordedExchange | None:
    """Read an exchange; None where a body was cut."""
    data = json.loads(line)
    if not isinstance(data, dict):
        raise TypeError(f"it is {line[:40]!r}, not a JSON object")
    if data.get("cut") is True:
        return None
    sent = SentRequest(
        _text(data, "method").upper(),
        _text(data, "url"),
        _headers(data["request_headers"].items()),
        _body(data, "request_body") or None,
    )
    status = data["http_status"]
    if not isinstance(status, int):
        raise TypeError(f"http_status is {status!r}, not a number")
    answer = Answer(
        status, _headers(data["response_headers"].items()), _body(data, "response_body")
    )
    started, ended = _times(data.get("started"), data.get("duration"))
    mark = data.get("token_mark")
    known = mark if isinstance(mark, str) else ""
    return RecordedExchange(sent, answer, token_mark=known, started=started, ended=ended)


def _times(started: Any, seconds: Any) -> tuple[float | None, float | None]:
    """Return when an exchange began and ended, as far as the log has it."""
    try:
        began = datetime.fromisoformat(str(started)).timestamp()
    except ValueError:
        return None, None
    return began, began + seconds if isinstance(seconds, int | float) else None


def _mark(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a mark of the token in headers, which is only valid within this run."""
    sent = next((value for name, value in pairs if name.lower() == "authorization"), "")
    if not sent or sent in {MASKED, MASKED_BASE64}:
        return ""
    return blake2s(sent.encode(), key=_MARKING, digest_size=6).hexdigest()


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}, not a text")
    return value


def _body(data: Mapping[str, Any], name: str) -> bytes:
    coded = data.get(f"{name}_base64")
    return _decoded(str(coded)) if coded is not None else _text(data, name).encode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"a body is not Base64 ({error})") from None


def _har_entry(entry: Mapping[str, Any]) -> RecordedExchange:
    request, response = entry["request"], entry["response"]
    posted = request.get("postData") or {}
    body = str(posted.get("text") or "").encode() or None
    pairs = [(one["name"], one["value"]) for one in request["headers"]]
    headers = _headers(pairs)
    sent = SentRequest(_text(request, "method").upper(), _text(request, "url"), headers, body)
    content = response.get("content") or {}
    text = str(content.get("text") or "")
    came = _decoded(text) if content.get("encoding") == "base64" else text.encode()
    answered = _headers((one["name"], one["value"]) for one in response["headers"])
    milliseconds = entry.get("time")
    seconds = milliseconds / 1000 if isinstance(milliseconds, int | float) else None
    started, ended = _times(entry.get("startedDateTime"), seconds)
    answer = Answer(int(response["status"]), answered, came)
    return RecordedExchange(sent, answer, token_mark=_mark(pairs), started=started, ended=ended)


def _headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers with lower-case names, repeated ones joined, the token masked."""
    found: dict[str, str] = {}
    for given, value in pairs:
        name = given.lower()
        if name in _DROPPED or name.startswith(":"):
            continue
        found[name] = f"{found[name]}, {value}" if name in found else str(value)
    if "authorization" in found:
        found["authorization"] = MASKED
    return found
