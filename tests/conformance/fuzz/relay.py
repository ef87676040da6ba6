"""A relay before a platform that does right, which makes it do wrong, one thing at a time."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

import httpx2
from starlette.types import Receive, Scope, Send

from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest, send_answer, whole_request

__all__ = ["InjectedFault", "Relay"]

_RESULTS = "/results/"
_HERE = "http://127.0.0.1"
_LEFT_OUT = frozenset({"connection", "content-length", "date", "host", "server"})


class InjectedFault:
    """What a relay does wrong; this one does nothing. Some remember what was asked before."""

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        """Change a request before it is passed on, or answer it at once."""
        return asked

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        """Change an answer."""
        return answer

    def results(self, result: ReceivedRequest) -> list[ReceivedRequest]:
        """Change the result of a command; each that is given is passed on."""
        return [result]


class Relay:
    """An ASGI application that passes requests on, and results of commands back.

    Args:
        own: Its base URL.
        upstream: The base URL of the platform.

    Attributes:
        injected: What it does wrong at present.
    """

    def __init__(self, own: str, upstream: str) -> None:
        self._own, self._upstream = own, upstream
        self._http = httpx2.AsyncClient(timeout=30)
        self.injected = InjectedFault()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lives(receive, send)
            return
        asked = await whole_request(scope, receive)
        if asked.path.startswith(_RESULTS):
            answer = await self._result(asked)
        else:
            answer = await self._request(asked)
        await send_answer(send, answer)

    async def _lives(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._http.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _request(self, asked: ReceivedRequest) -> Answer:
        changed = self.injected.ask(self._directed(asked))
        if isinstance(changed, Answer):
            return changed
        return self.injected.answer(changed, await self._forwarded(changed))

    async def _forwarded(self, asked: ReceivedRequest) -> Answer:
        answer = await self._passed(asked, self._upstream + asked.path)
        headers = {name: self._here(value) for name, value in answer.headers.items()}
        return Answer(answer.status, headers, self._here(answer.body.decode()).encode())

    def _here(self, text: str) -> str:
        return text.replace(self._upstream, self._own)

    def _directed(self, asked: ReceivedRequest) -> ReceivedRequest:
        """Have results come here first."""
        body = asked.json
        if isinstance(body, dict) and str(body.get("response_url")).startswith(_HERE):
            url = f"{self._own}{_RESULTS}{quote(body['response_url'], safe='')}"
            return replace(asked, body=json.dumps({**body, "response_url": url}).encode())
        query = dict(parse_qsl(asked.query))
        if query.get("response_url", "").startswith(_HERE):
            query["response_url"] = f"{self._own}{_RESULTS}{quote(query['response_url'], safe='')}"
            return replace(asked, query=urlencode(query))
        return asked

    async def _result(self, asked: ReceivedRequest) -> Answer:
        url = unquote(asked.path.removeprefix(_RESULTS))
        answer = Answer(200, {"content-type": "application/json"}, _taken())
        for result in self.injected.results(asked):
            answer = await self._passed(result, url)
        return answer

    async def _passed(self, asked: ReceivedRequest, url: str) -> Answer:
        headers = {name: value for name, value in asked.headers.items() if name not in _LEFT_OUT}
        query = f"?{asked.query}" if asked.query else ""
        got = await self._http.request(
            asked.method, url + query, headers=headers, content=asked.body
        )
        kept = {name: value for name, value in got.headers.items() if name not in _LEFT_OUT}
        return Answer(got.status_code, kept, got.content)


def _taken() -> bytes:
    envelope: dict[str, Any] = {"status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"}
    return json.dumps(envelope).encode()
