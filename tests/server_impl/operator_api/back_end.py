"""A back end that speaks HTTP only, for tests of the operator API."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from ocpi_server import OperatorRules
from tests.server_impl.pair import CPO, EMSP, Served, served

__all__ = ["BackEnd", "back_ends", "operated", "stream"]

RULES = OperatorRules(enabled=True)


@dataclass
class BackEnd:
    """A back end of a platform.

    Attributes:
        host: The platform.
        http: Sends its requests.
        secret: Its key.
    """

    host: Served
    http: httpx2.AsyncClient
    secret: str

    def url(self, path: str) -> str:
        """Return the URL of a path of the operator API."""
        return self.host.base_url.removesuffix("/ocpi") + f"/operator/v1/{path}"

    async def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx2.Response:
        """Send a request; names of headers are written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Authorization", f"Bearer {self.secret}")
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        if body is None:
            content = {}
        return await self.http.request(method, self.url(path), headers=sent, **content)

    async def data(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request that must succeed, and return its data."""
        answer = await self.send(method, path, body, **headers)
        whole = answer.json()
        assert answer.status_code in {200, 201}, whole
        assert whole["status_code"] == 1000, whole
        return whole.get("data")


@asynccontextmanager
async def operated(host: Served, scopes: Sequence[str] = ("*",)) -> AsyncIterator[BackEnd]:
    """Make a key with some scopes and a back end that has it."""
    known = await host.platform.keys.list()
    _, secret = await host.platform.keys.create(f"Back end {len(known)}", scopes)
    async with httpx2.AsyncClient(timeout=30) as http:
        yield BackEnd(host, http, secret)


@asynccontextmanager
async def back_ends(directory: Path, **settings: Any) -> AsyncIterator[tuple[BackEnd, BackEnd]]:
    """Serve a CPO and an eMSP that do not know each other, each with a back end."""
    settings.setdefault("operator", RULES)
    async with (
        served(directory / "cpo", CPO, **settings) as cpo,
        served(directory / "emsp", EMSP, **settings) as emsp,
        operated(cpo) as first,
        operated(emsp) as second,
    ):
        yield first, second


@asynccontextmanager
async def stream(back_end: BackEnd, **headers: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """Open a stream of events, and yield them as they come."""
    sent = {"Accept": "text/event-stream", "Authorization": f"Bearer {back_end.secret}", **headers}
    async with back_end.http.stream("GET", back_end.url("events"), headers=sent) as answer:
        assert answer.status_code == 200, await answer.aread()
        lines = answer.aiter_lines()
        assert (await anext(lines)).startswith(":")  # it has begun

        async def events() -> AsyncIterator[dict[str, Any]]:
            async for line in lines:
                if line.startswith("event: gap"):
                    yield {"kind": "gap"}
                if line.startswith('data: {"id"'):
                    yield msgspec.json.decode(line.removeprefix("data: "))

        yield events()
