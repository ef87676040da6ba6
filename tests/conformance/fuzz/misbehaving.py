"""A wrapper that spoils the answers of a platform, one fault at a time."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "Answer",
    "Misbehaving",
    "ReceivedRequest",
    "Spoil",
    "ask_application",
    "send_answer",
    "whole_request",
]


@dataclass(frozen=True)
class ReceivedRequest:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: str = ""

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def accepted(self) -> bool:
        return self.status < 300 and 1000 <= self.json["status_code"] < 2000

    def with_headers(self, **headers: str | None) -> "Answer":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        merged: dict[str, str | None] = {**self.headers, **named}
        kept = {name: value for name, value in merged.items() if value is not None}
        return replace(self, headers=kept)

    def with_fields(self, **fields: Any) -> "Answer":
        return replace(self, body=json.dumps({**self.json, **fields}).encode())


Spoil = Callable[[ReceivedRequest, Answer], Answer]


class Misbehaving:
    """Passes requests on and spoils what comes back."""

    def __init__(self, app: ASGIApp, spoil: Spoil) -> None:
        self._app, self._spoil = app, spoil

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = await whole_request(scope, receive)
        await send_answer(send, self._spoil(asked, await ask_application(self._app, asked, scope)))


async def ask_application(app: ASGIApp, asked: ReceivedRequest, scope: Scope) -> Answer:
    """Ask an application in this process.

    Args:
        app: The application.
        asked: The request.
        scope: That of the connection; what the request states goes before it.
    """
    sent: list[Message] = []
    headers = [(name.encode(), value.encode("latin-1")) for name, value in asked.headers.items()]
    changed = {
        **scope,
        "method": asked.method,
        "path": unquote(asked.path),
        "raw_path": asked.path.encode("latin-1"),
        "query_string": asked.query.encode("latin-1"),
        "headers": headers,
    }

    async def again() -> Message:
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def keep(message: Message) -> None:
        sent.append(message)

    await app(changed, again, keep)
    return _answer(sent)


async def send_answer(send: Send, answer: Answer) -> None:
    """Send an answer as an ASGI application does."""
    head = {**answer.headers, "content-length": str(len(answer.body))}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in head.items()]
    start = {"type": "http.response.start", "status": answer.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": answer.body})


async def whole_request(scope: Scope, receive: Receive) -> ReceivedRequest:
    """Read a request as an ASGI application does. Encoded slashes stay as they are."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    path = scope["raw_path"].decode("latin-1")
    headers = _headers(scope["headers"])
    return ReceivedRequest(
        scope["method"], path, headers, body, scope["query_string"].decode("latin-1")
    )


def _headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode().lower(): value.decode("latin-1") for name, value in raw}


def _answer(sent: list[Message]) -> Answer:
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], _headers(sent[0]["headers"]), body)
