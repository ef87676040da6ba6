"""Operators who use the console of a platform, as a browser without scripts does."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from uuid import uuid4

import httpx2

from ocpi_server import ConsoleRules
from ocpi_server._clock import utc_now
from ocpi_server.console._login import COOKIE
from ocpi_server.console._sessions import Sessions
from tests.server_impl.pair import Served

__all__ = ["ENABLED", "Operator", "form_of", "visiting"]

ENABLED = ConsoleRules(enabled=True)


class Operator:
    """Calls pages, and sends their forms."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.http.get(f"/console{path}", headers=headers)

    async def send(self, path: str, page: str, **fields: str) -> httpx2.Response:
        """Send a form of a page, with what the page has hidden in it."""
        hidden = form_of((await self.get(page)).text)
        return await self.http.post(f"/console{path}", data={"form": hidden, **fields})

    async def login(self, secret: str, **fields: str) -> httpx2.Response:
        """Log in; wait where other tests at the same platform have tried it too often."""
        answer = await self.attempt(secret, **fields)
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            await asyncio.sleep(int(answer.headers["retry-after"]))
            answer = await self.attempt(secret, **fields)
        return answer

    async def attempt(self, secret: str, **fields: str) -> httpx2.Response:
        return await self.send("/login", "/login", key=secret, **fields)

    async def enter(self, host: Served, *scopes: str) -> str:
        """Begin a session with a new key of some scopes; return the id of the key."""
        platform = host.platform
        key, _ = await platform.keys.create(str(uuid4()), scopes)
        database = platform.parts.store.database
        sessions = Sessions(database, platform.keys, utc_now, timedelta(hours=1))
        self.http.cookies.set(COOKIE, await sessions.begin(key), path="/console")
        return key.id


def form_of(page: str) -> str:
    """Return the token that the forms of a page carry."""
    found = re.search(r'name="form" value="([0-9a-f]{64})"', page)
    assert found is not None, page
    return found.group(1)


@asynccontextmanager
async def visiting(host: Served) -> AsyncIterator[Operator]:
    """Visit the console of a platform without being logged in."""
    root = host.base_url.removesuffix("/ocpi")
    async with httpx2.AsyncClient(base_url=root, timeout=60) as http:
        yield Operator(http)
