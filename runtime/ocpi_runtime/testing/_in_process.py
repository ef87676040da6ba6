"""Clients and servers in one process: requests reach the application without a socket."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, TypeVar, Unpack

import httpx2
from starlette.types import ASGIApp, Message

from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Options, Peer, SyncPeer, connect, connect_sync
from ocpi_runtime.parties import CPO, EMSP, offered_by
from ocpi_runtime.server import Limits, Partner, Stub, create_app
from ocpi_runtime.types import PartyId

__all__ = [
    "BASE_URL",
    "TOKEN",
    "application",
    "connected",
    "connected_sync",
    "http_client",
    "running",
    "sync_http_client",
]

BASE_URL: Final = "https://ocpi.example/ocpi"
TOKEN: Final = "token-of-the-test"  # noqa: S105 - it opens nothing outside of tests
C = TypeVar("C", bound=Peer)
S = TypeVar("S", bound=SyncPeer)
Apps = ASGIApp | Mapping[str, ASGIApp]
PARTNER: Final = Partner("test", parties=frozenset({PartyId("NL", "EXA")}))
"""The partner of the tests, who speaks for the party of the factories."""


def application(
    handlers: Sequence[Stub],
    *,
    partner: Partner = PARTNER,
    base_url: str = BASE_URL,
    limits: Limits | None = None,
) -> ASGIApp:
    """Mount handlers for a test: one partner with the token ``TOKEN``, every answer checked.

    Args:
        handlers: See :func:`ocpi_runtime.server.create_app`.
        partner: Who the token belongs to.
        base_url: Where the application is.
        limits: The bounds of the server.
    """

    async def authenticate(tokens: Sequence[str]) -> Partner | None:
        return partner if TOKEN in tokens else None

    return create_app(
        handlers,
        authenticate=authenticate,
        base_url=base_url,
        limits=limits,
        check_answers="fail",
    )


def http_client(apps: Apps) -> httpx2.AsyncClient:
    """Return a client whose requests reach applications in this process, and nothing else.

    Args:
        apps: One application for every URL, or applications by origin, such as
            ``{"https://cpo.example": cpo, "https://emsp.example": emsp}``.
    """
    return httpx2.AsyncClient(transport=_InProcess(apps))


def sync_http_client(apps: Apps) -> httpx2.Client:
    """Return a client without await; each request has an event loop of its own."""
    return httpx2.Client(transport=_SyncInProcess(_InProcess(apps)))


@asynccontextmanager
async def connected(
    handlers: Sequence[Stub],
    *,
    bindings: Sequence[Binding[C, Any]],
    partner: Partner = PARTNER,
    **options: Unpack[Options],
) -> AsyncIterator[C]:
    """Serve handlers and open a session with them.

    Args:
        handlers: What the peer serves. Of versions with one versions URL per role (2.1.1, 2.0)
            the client sees the CPO where there are handlers of both roles.
        bindings: The versions that the client speaks.
        partner: Who the client is for the handlers.
        options: Those of :func:`ocpi_runtime.client.connect`.
    """
    url = BASE_URL + _versions(handlers)
    async with (
        http_client(application(handlers, partner=partner)) as http,
        connect(url, TOKEN, bindings=bindings, http=http, **options) as peer,
    ):
        yield peer


@contextmanager
def connected_sync(
    handlers: Sequence[Stub],
    *,
    bindings: Sequence[Binding[Any, S]],
    partner: Partner = PARTNER,
    **options: Unpack[Options],
) -> Iterator[S]:
    """Serve handlers and open a session with them; see :func:`connected`."""
    url = BASE_URL + _versions(handlers)
    with (
        sync_http_client(application(handlers, partner=partner)) as http,
        connect_sync(url, TOKEN, bindings=bindings, http=http, **options) as peer,
    ):
        yield peer


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[None]:
    """Start an application and shut it down, as a server does (its ``lifespan``).

    Raises:
        RuntimeError: It failed to start or to shut down.
    """
    asked: asyncio.Queue[Message] = asyncio.Queue()
    answered: asyncio.Queue[Message] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    life = asyncio.create_task(_until_end(app, scope, asked, answered))
    try:
        await _phase("startup", asked, answered)
        try:
            yield
        finally:
            await _phase("shutdown", asked, answered)
    finally:
        life.cancel()
        await asyncio.wait([life])


async def _until_end(
    app: ASGIApp,
    scope: dict[str, Any],
    asked: asyncio.Queue[Message],
    answered: asyncio.Queue[Message],
) -> None:
    try:
        await app(scope, asked.get, answered.put)
    except Exception as error:  # noqa: BLE001 - reported by the phase that waits for an answer
        await answered.put({"type": "lifespan.failed", "message": repr(error)})


async def _phase(
    name: str, asked: asyncio.Queue[Message], answered: asyncio.Queue[Message]
) -> None:
    await asked.put({"type": f"lifespan.{name}"})
    message = await answered.get()
    if message["type"] != f"lifespan.{name}.complete":
        raise RuntimeError(f"The application failed at {name}: {message.get('message', '')}")


class _InProcess(httpx2.AsyncBaseTransport):
    def __init__(self, apps: Apps) -> None:
        self._apps = apps

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._transport(request).handle_async_request(request)

    def _transport(self, request: httpx2.Request) -> httpx2.ASGITransport:
        if not isinstance(self._apps, Mapping):
            return httpx2.ASGITransport(self._apps)
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        if origin not in self._apps:
            known = ", ".join(self._apps)
            raise httpx2.ConnectError(f"no application at {origin}; there is {known}")
        return httpx2.ASGITransport(self._apps[origin])


class _SyncInProcess(httpx2.BaseTransport):
    def __init__(self, inner: _InProcess) -> None:
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        whole = httpx2.Request(
            request.method, request.url, headers=request.headers, content=request.read()
        )
        with ThreadPoolExecutor(1) as threads:  # the caller may have an event loop
            return threads.submit(asyncio.run, self._fetch(whole)).result()

    async def _fetch(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        return httpx2.Response(response.status_code, headers=response.headers, content=body)


def _versions(handlers: Sequence[Stub]) -> str:
    """Return the path of the list of versions that has every handler, or those of one role."""
    old = [each.INTERFACE for each in handlers if not each.INTERFACE.roles]
    if not old:
        return "/versions"
    roles = {offered_by(each.module, each.role) for each in old}
    return "/cpo/versions" if CPO in roles or EMSP not in roles else "/emsp/versions"
