"""The way in: discovery and negotiation, then a peer whose methods are typed for its version."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    aclosing,
    asynccontextmanager,
    closing,
    contextmanager,
)
from typing import Any, TypeVar, Unpack, overload

from ocpi_runtime.binding import Binding
from ocpi_runtime.client._discovery.discovery import discover
from ocpi_runtime.client._http.drivers import AsyncWire, SyncWire
from ocpi_runtime.client._http.libraries import HttpClient, SyncHttpClient
from ocpi_runtime.client._options import Options, Settings
from ocpi_runtime.client._peer import Peer, SyncPeer

__all__ = ["connect", "connect_sync"]

A = TypeVar("A", bound=Peer)
B = TypeVar("B", bound=Peer)
C = TypeVar("C", bound=Peer)
D = TypeVar("D", bound=Peer)
E = TypeVar("E", bound=Peer)
SA = TypeVar("SA", bound=SyncPeer)
SB = TypeVar("SB", bound=SyncPeer)
SC = TypeVar("SC", bound=SyncPeer)
SD = TypeVar("SD", bound=SyncPeer)
SE = TypeVar("SE", bound=SyncPeer)


@overload
def connect(
    versions_url: str,
    token: str,
    *,
    bindings: tuple[Binding[A, Any], Binding[B, Any]],
    http: HttpClient | None = None,
    **options: Unpack[Options],
) -> AbstractAsyncContextManager[A | B]: ...
@overload
def connect(
    versions_url: str,
    token: str,
    *,
    bindings: tuple[Binding[A, Any], Binding[B, Any], Binding[C, Any]],
    http: HttpClient | None = None,
    **options: Unpack[Options],
) -> AbstractAsyncContextManager[A | B | C]: ...
@overload
def connect(
    versions_url: str,
    token: str,
    *,
    bindings: tuple[
        Binding[A, Any],
        Binding[B, Any],
        Binding[C, Any],
        Binding[D, Any],
    ],
    http: HttpClient | None = None,
    **options: Unpack[Options],
) -> AbstractAsyncContextManager[A | B | C | D]: ...
@overload
def connect(
    versions_url: str,
    token: str,
    *,
    bindings: tuple[
        Binding[A, Any],
        Binding[B, Any],
        Binding[C, Any],
        Binding[D, Any],
        Binding[E, Any],
    ],
    http: HttpClient | None = None,
    **options: Unpack[Options],
) -> AbstractAsyncContextManager[A | B | C | D | E]: ...
@overload
def connect(
    versions_url: str,
    token: str,
    *,
    bindings: Sequence[Binding[A, Any]],
    http: HttpClient | None = None,
    **options: Unpack[Options],
) -> AbstractAsyncContextManager[A]: ...
@asynccontextmanager
async def connect(
    versions_url: str,
    token: str,
    *,
    bindings: Sequence[Binding[Any, Any]],
    http: HttpClient | None = None,
    **options: Unpack[Options],
) -> AsyncIterator[Any]:
    """Find out what a peer speaks and open a session with it.

        async with connect(versions_url, token, bindings=[v2_2_1.binding]) as peer:
            async for location in peer.locations.get_locations():
                ...

    The peer is the ``Clients`` of the newest version that both know. For a type checker: one
    binding returns its ``Clients``; a tuple of two to five returns their union; any other sequence
    gives ``Peer``. Which of them it is, ``isinstance`` with the ``Clients`` of a version tells.

    Args:
        versions_url: Where the peer lists its versions.
        token: The credentials token that the peer issued to us.
        bindings: The versions that we speak.
        http: Sends the requests and stays open; by default a client of this session, closed with
            it. One of your own resolves names itself, so that only the URLs are checked and not
            the addresses behind them; :func:`http_client` makes one that checks both.
        options: See :class:`Settings`.

    Raises:
        UnsupportedVersion: No version in common.
        OcpiError: As every call.
    """
    settings = Settings(**options)
    async with aclosing(AsyncWire.opened(settings, http)) as wire:
        found = await wire.run(discover(versions_url, token, bindings, settings))
        yield found.binding.clients(wire, found.connection)


@overload
def connect_sync(
    versions_url: str,
    token: str,
    *,
    bindings: tuple[Binding[Any, SA], Binding[Any, SB]],
    http: SyncHttpClient | None = None,
    **options: Unpack[Options],
) -> AbstractContextManager[SA | SB]: ...
@overload
def connect_sync(
    versions_url: str,
    token: str,
    *,
    bindings: tuple[Binding[Any, SA], Binding[Any, SB], Binding[Any, SC]],
    http: SyncHttpClient | None = None,
    **options: Unpack[Options],
) -> AbstractContextManager[SA | SB | SC]: ...
@overload
def connect_sync(
    versions_url: str,
    token: str,
    *,
    bindings: tuple[
        Binding[Any, SA],
        Binding[Any, SB],
        Binding[Any, SC],
        Binding[Any, SD],
    ],
    http: SyncHttpClient | None = None,
    **options: Unpack[Options],
) -> AbstractContextManager[SA | SB | SC | SD]: ...
@overload
def connect_sync(
    versions_url: str,
    token: str,
    *,
    bindings: tuple[
        Binding[Any, SA],
        Binding[Any, SB],
        Binding[Any, SC],
        Binding[Any, SD],
        Binding[Any, SE],
    ],
    http: SyncHttpClient | None = None,
    **options: Unpack[Options],
) -> AbstractContextManager[SA | SB | SC | SD | SE]: ...
@overload
def connect_sync(
    versions_url: str,
    token: str,
    *,
    bindings: Sequence[Binding[Any, SA]],
    http: SyncHttpClient | None = None,
    **options: Unpack[Options],
) -> AbstractContextManager[SA]: ...
@contextmanager
def connect_sync(
    versions_url: str,
    token: str,
    *,
    bindings: Sequence[Binding[Any, Any]],
    http: SyncHttpClient | None = None,
    **options: Unpack[Options],
) -> Iterator[Any]:
    """Find out what a peer speaks and open a session with it; see :func:`connect`."""
    settings = Settings(**options)
    with closing(SyncWire.opened(settings, http)) as wire:
        found = wire.run(discover(versions_url, token, bindings, settings))
        yield found.binding.sync_clients(wire, found.connection)
