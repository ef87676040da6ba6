"""The layer in front of the party: records requests, and changes answers as scenarios demand."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.wire import MASKED, Answer, RecordedExchange, SentRequest
from ocpi_conformance.mock._answer import MockAnswer
from ocpi_conformance.mock._delivery import deliver
from ocpi_conformance.mock._faults import FaultContext
from ocpi_conformance.mock._party.registration import IssuedToken, Registration
from ocpi_conformance.mock._record import ClientRequest, MockEndpoints
from ocpi_conformance.mock._scenario import Scenario, ScenarioFault
from ocpi_runtime import token as tokens

__all__ = ["RecordingLayer"]

_LARGEST_BODY: Final = 4 * 1024 * 1024
_MOST_ENTRIES: Final = 20_000
_KEPT_BODY: Final = 64 * 1024
_LONG: Final = {"delay": 60.0, "drip": 1.0}
"""The seconds after which a client is expected to stop waiting."""
_HOP: Final = frozenset({"content-length", "transfer-encoding", "connection"})


@dataclass
class RecordingLayer:
    """Serves requests of the client.

    Attributes:
        app: The correct party.
        base_url: Its URL.
        endpoints: Its endpoints.
        registration: Has the tokens.
        scenarios: The faults that are injected.
        entries: The requests of the client.
        dropped: The number of requests that exceeded a bound and were not recorded.
    """

    app: ASGIApp
    base_url: str
    endpoints: MockEndpoints
    registration: Registration
    scenarios: Sequence[Scenario] = ()
    entries: list[ClientRequest] = field(default_factory=list)
    dropped: int = 0
    _count: int = 0
    _seen: Counter[int] = field(default_factory=Counter)
    _items: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def reset(self, scenarios: Sequence[Scenario]) -> None:
        """Forget what the client did, and apply other scenarios."""
        self.scenarios = scenarios
        self.entries = []
        self.dropped = 0
        self._count = 0
        self._seen.clear()
        self._items.clear()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> ClientRequest | None:
        """Answer one request and record it; None where there are too many records."""
        at = time.monotonic()
        number, self._count = self._count, self._count + 1
        entries = self.entries
        body = await _whole_body(receive)
        headers = {name.decode("latin-1"): one.decode("latin-1") for name, one in scope["headers"]}
        sent = self._request(scope, headers, body)
        endpoint, operation = self.endpoints.find(sent.method, sent.url)
        faults = self._faults_for(operation)
        token, coding = self._token(headers.get("authorization", ""))
        retired = bool(token and token.retired)
        answer = MockAnswer(200)
        if not any(one.how.replaces for one in faults):
            answer = await self._answered(scope, body)
        changed = self._changed(answer, faults, sent.url, operation)
        self._remember(operation, answer)
        complete = await deliver(changed, scope, receive, send)
        if len(entries) >= _MOST_ENTRIES:
            self.dropped += 1
            return None
        entry = ClientRequest(
            number=number,
            at=at,
            done=time.monotonic(),
            exchange=RecordedExchange(sent, _kept(changed)),
            endpoint=endpoint,
            operation=operation,
            token=token.name if token else "",
            retired=retired,
            coding=coding,
            own_origin=_origin(headers) in {"", urlsplit(self.base_url).netloc},
            faults=frozenset(_label(one) for one in faults),
            complete=complete,
            link=_link(changed),
        )
        entries.append(entry)
        return entry

    def _request(self, scope: Scope, headers: Mapping[str, str], body: bytes) -> SentRequest:
        parts = urlsplit(self.base_url)
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0]
        query = scope["query_string"].decode("latin-1")
        url = f"{parts.scheme}://{parts.netloc}{path}" + (f"?{query}" if query else "")
        masked = {
            name: MASKED if name == "authorization" else value for name, value in headers.items()
        }
        return SentRequest(scope["method"], url, masked, body or None)

    def _faults_for(self, operation: Operation | None) -> list[ScenarioFault]:
        found: list[ScenarioFault] = []
        if operation is None:
            return found
        for number, fault in enumerate(one for each in self.scenarios for one in each.faults):
            if not fault.is_for(operation.id):
                continue
            count = self._seen[number]
            self._seen[number] += 1
            if fault.after <= count < fault.after + fault.times:
                found.append(fault)
        return found

    def _changed(
        self,
        answer: MockAnswer,
        faults: Sequence[ScenarioFault],
        url: str,
        operation: Operation | None,
    ) -> MockAnswer:
        items = self._items.get(operation.id if operation else "", ())
        for number, fault in enumerate(faults):
            count = self._seen[number]
            moment = FaultContext(url, count, items, _other_origin(self.base_url))
            answer = fault.how.change(answer, fault.options, moment)
        return answer

    def _remember(self, operation: Operation | None, answer: MockAnswer) -> None:
        if operation is None or not operation.paged:
            return
        data = (answer.envelope or {}).get("data")
        if isinstance(data, list):
            self._items[operation.id] = tuple(data[-1:])

    async def _answered(self, scope: Scope, body: bytes) -> MockAnswer:
        answer = MockAnswer(500)
        messages = iter(({"type": "http.request", "body": body, "more_body": False},))

        async def receive() -> Message:
            return next(messages, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            nonlocal answer
            if message["type"] == "http.response.start":
                pairs = [
                    (one.decode("latin-1"), two.decode("latin-1"))
                    for one, two in message["headers"]
                ]
                headers = {name.lower(): value for name, value in pairs if name.lower() not in _HOP}
                answer = replace(answer, status=message["status"], headers=headers)
            else:
                answer = replace(answer, body=answer.body + message.get("body", b""))

        await self.app(scope, receive, send)
        return answer

    def _token(self, header: str) -> tuple[IssuedToken | None, str]:
        """Return the token of a request, and how it was sent."""
        if not header:
            return None, "missing"
        sent = header.partition(" ")[2].strip()
        if header.partition(" ")[0].lower() != "token":
            return None, "scheme"
        plain = self.registration.known(sent)
        if plain is not None:
            return plain, "plain"
        for value in tokens.candidates(header)[:1]:
            found = self.registration.known(value)
            if found is not None:
                return found, "base64"
        return None, "unknown"


async def _whole_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > _LARGEST_BODY:
            return bytes(body)


def _kept(answer: MockAnswer) -> Answer:
    return Answer(answer.status, answer.headers, answer.body[:_KEPT_BODY])


def _label(fault: ScenarioFault) -> str:
    """Return the kind of a fault with what it does, such as ``link:loop`` or ``status:429``."""
    if fault.kind in _LONG:
        return (
            f"{fault.kind}:{'long' if fault.options['seconds'] >= _LONG[fault.kind] else 'short'}"
        )
    for key in ("mode", "to", "at", "status", "code"):
        if key in fault.options:
            return f"{fault.kind}:{fault.options[key]}"
    return fault.kind


def _link(answer: MockAnswer) -> str:
    return answer.headers.get("link", "").partition("<")[2].partition(">")[0]


def _origin(headers: Mapping[str, str]) -> str:
    return headers.get("host", "")


def _other_origin(base_url: str) -> str:
    """Return an origin that leads to this machine under another name."""
    parts = urlsplit(base_url)
    host = "localhost" if parts.hostname == "127.0.0.1" else "127.0.0.1"
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
