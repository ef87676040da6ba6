"""The forms in which an exchange of the message log is shown."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from ocpi_runtime.client import Exchange, exchange_data
from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.failures import printable
from ocpi_server.message_log import Message

__all__ = ["full_text", "har_entry", "har_text", "json_line", "text_line"]

_HTTP: Final = "HTTP/1.1"
_WIDTH: Final = 16


def text_line(message: Message, partner: str) -> str:
    """Return an exchange as one line for people."""
    http = str(message.http_status or "---")
    ocpi = "----" if message.ocpi_status is None else str(message.ocpi_status)
    error = f"  {printable(message.error)}" if message.error else ""
    at = message.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return (
        f"{at} {message.id:>7} {message.direction:<3} "
        f"{printable(partner)[:_WIDTH]:<{_WIDTH}} {http} {ocpi} {message.duration * 1e3:>7.1f} ms "
        f"{message.method:<6} {printable(message.url)}{error}"
    )


def full_text(message: Message, partner: str) -> str:
    """Return an exchange with its headers and bodies for people."""
    ids = f"request {message.request_id or '-'}, correlation {message.correlation_id or '-'}"
    called = f"{message.module or '-'} {message.operation or '-'}"
    return "\n".join([
        text_line(message, partner),
        printable(f"{called}, {ids}"),
        "",
        f"{message.method} {printable(message.url)}",
        *_part(message.request_headers, message.request_body, message.request_bytes),
        "",
        f"{_HTTP} {message.http_status}" if message.http_status else "No answer came.",
        *_part(message.response_headers, message.response_body, message.response_bytes),
    ])  # fmt: skip


def json_line(message: Message) -> str:
    """Return an exchange as ``ocpi_runtime.client.ExchangeLog`` writes it, and what else is known.

    ``cut`` states that a body is not there in full.
    """
    exchange = Exchange(
        operation=message.operation,
        method=message.method,
        url=message.url,
        request_headers=message.request_headers,
        request_body=message.request_body,
        http_status=message.http_status,
        response_headers=message.response_headers,
        response_body=message.response_body,
        status_code=message.ocpi_status,
        status_message=None,
        error=message.error,
        started=message.at,
        duration=message.duration,
        partner=message.partner,
    )
    more = {
        name: getattr(message, name)
        for name in (
            "id", "direction", "module", "ocpi_status", "request_id", "correlation_id",
            "request_bytes", "response_bytes",
        )
    }  # fmt: skip
    data = {**exchange_data(exchange), **more, "cut": not message.is_whole}
    return msgspec.json.encode(data).decode()


def har_text(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of a HAR (HTTP Archive 1.2)."""
    creator = {"name": "ocpi", "version": version("ocpi-server")}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "entries": entries}})


def har_entry(message: Message) -> dict[str, Any]:
    """Return an exchange as an entry of a HAR; ``_cut`` states that a body is not there in full."""
    milliseconds = message.duration * 1e3
    return {
        "startedDateTime": format_timestamp(message.at),
        "time": milliseconds,
        "request": _har_request(message),
        "response": _har_response(message),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": f"{message.direction} {message.partner or '-'} {message.operation or '-'}",
        "_cut": not message.is_whole,
    }


def _har_request(message: Message) -> dict[str, Any]:
    posted: dict[str, Any] = {}
    if message.request_body:
        kind = message.request_headers.get("content-type", "application/json")
        text = message.request_body.decode("utf-8", "replace")
        posted = {"postData": {"mimeType": kind, "text": text}}
    query = parse_qsl(urlsplit(message.url).query, keep_blank_values=True)
    return {
        "method": message.method,
        "url": message.url,
        **_har_common(message.request_headers, message.request_bytes),
        "queryString": _named(query),
        **posted,
    }


def _har_response(message: Message) -> dict[str, Any]:
    kind = message.response_headers.get("content-type", "")
    content: dict[str, Any] = {"size": message.response_bytes, "mimeType": kind}
    try:
        content["text"] = message.response_body.decode()
    except UnicodeDecodeError:
        content |= {"text": base64.b64encode(message.response_body).decode(), "encoding": "base64"}
    return {
        "status": message.http_status,
        "statusText": "",
        **_har_common(message.response_headers, message.response_bytes),
        "content": content,
        "redirectURL": message.response_headers.get("location", ""),
    }


def _har_common(headers: Mapping[str, str], size: int) -> dict[str, Any]:
    return {
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _named(headers.items()),
        "headersSize": -1,
        "bodySize": size,
    }


def _named(pairs: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _part(headers: Mapping[str, str], body: bytes, size: int) -> Iterator[str]:
    for name, value in headers.items():
        yield printable(f"{name}: {value}")
    if body:
        yield ""
        yield printable(body.decode("utf-8", "replace"), keep="\n")
    if len(body) < size:
        yield f"[{size - len(body)} bytes more]"
