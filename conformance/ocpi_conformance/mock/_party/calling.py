"""What a mock sends to the client: results of commands, and commands of its own."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import httpx2

from ocpi_conformance.exchanges.wire import MASKED, Answer, RecordedExchange, SentRequest
from ocpi_runtime import headers as names
from ocpi_runtime import token as tokens
from ocpi_runtime.headers import RoutingHeaders
from ocpi_runtime.types import PartyId

__all__ = ["Call", "CallKind", "Caller", "ResultPlan"]

CallKind = Literal["result", "duplicate", "forged", "late", "command"]
_ANSWER_SECONDS: Final = 10.0
_LONGEST_WAIT: Final = 60.0
_LARGEST: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ResultPlan:
    """How the results of commands are sent.

    Attributes:
        copies: How often each is sent; 0 for never.
        wait: Seconds between the answer to the command and its result.
        timeout: The seconds that the answer to the command names.
        forged: Whether one with a wrong token is sent before.
    """

    copies: int = 1
    wait: float = 0.0
    timeout: int = 30
    forged: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the mock to the client.

    Attributes:
        kind: What it is.
        exchange: The request and its answer; HTTP status 0 where none came.
        at: When the answer was there, in seconds of a monotonic clock.
        uid: Which command it is, at the end of its response URL.
    """

    kind: CallKind
    exchange: RecordedExchange
    at: float
    uid: str = ""


@dataclass
class Caller:
    """Sends requests to the client while the mock serves.

    Attributes:
        plan: How results are sent.
        token: The token of the client for us; None where it is not known.
        base64: Whether it is Base64-encoded in the header.
        ids: Whether messages carry ids and routing headers.
        own: The party that calls.
        client: The party that is called.
        calls: What was sent.
    """

    plan: ResultPlan
    base64: bool
    ids: bool
    own: PartyId
    client: PartyId
    token: str | None = None
    calls: list[Call] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def send_result(self, url: str, body: bytes) -> None:
        """Send the result of a command once its answer is on the way."""
        task = asyncio.get_running_loop().create_task(self._results(url, body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def pending(self) -> bool:
        """Whether there is something left to be sent."""
        return bool(self._tasks)

    async def _results(self, url: str, body: bytes) -> None:
        await asyncio.sleep(min(self.plan.wait, _LONGEST_WAIT))
        if self.plan.forged:
            await self.send("forged", url, body, token=tokens.new_token())
        for at in range(self.plan.copies):
            kind: CallKind = "late" if self.plan.wait > self.plan.timeout else "result"
            await self.send("duplicate" if at else kind, url, body)

    async def send(
        self, kind: CallKind, url: str, body: bytes, *, token: str | None = None, uid: str = ""
    ) -> Call:
        """Send one request and record it."""
        known = token or self.token or "unknown-token"
        headers = self._headers() | {"authorization": MASKED}
        sent = SentRequest("POST", url, headers, body)
        real = headers | {"authorization": tokens.header_value(known, base64=self.base64)}
        answer = await _posted(url, body, real)
        call = Call(kind, RecordedExchange(sent, answer), time.monotonic(), uid)
        self.calls.append(call)
        return call

    def _headers(self) -> dict[str, str]:
        out = {"content-type": "application/json"}
        if self.ids:
            out |= {names.REQUEST_ID.lower(): names.new_id()}
            out |= {names.CORRELATION_ID.lower(): names.new_id()}
            routing = RoutingHeaders(self.own, self.client).as_headers()
            out |= {name.lower(): value for name, value in routing.items()}
        return out


async def _posted(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        async with (
            httpx2.AsyncClient(timeout=_ANSWER_SECONDS, trust_env=False) as http,
            http.stream("POST", url, content=body, headers=dict(headers)) as response,
        ):
            content = b""
            async for part in response.aiter_bytes():
                content += part
                if len(content) > _LARGEST:
                    break
            lowered = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, lowered, content)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        return Answer(0, {}, json.dumps({"error": repr(error)}).encode())
