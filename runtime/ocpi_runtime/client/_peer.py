"""The peer: what generated ``Clients`` are made of, async and sync."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, Unpack

from ocpi_runtime.client._calls.call import call
from ocpi_runtime.client._calls.forward import RawAnswer, forward
from ocpi_runtime.client._calls.prepare import Connection
from ocpi_runtime.client._calls.request import Answer, Request
from ocpi_runtime.client._discovery.discovery import base64_by_version
from ocpi_runtime.client._discovery.endpoints import Endpoint, Endpoints
from ocpi_runtime.client._http.drivers import AsyncWire, SyncWire
from ocpi_runtime.client._http.libraries import HttpClient, SyncHttpClient
from ocpi_runtime.client._options import Options, Settings
from ocpi_runtime.client._paging.pages import Pages, SyncPages
from ocpi_runtime.dialect import Dialect, Learner
from ocpi_runtime.types import PartyId

if TYPE_CHECKING:
    from ocpi_runtime.binding import Binding

__all__ = ["ModuleClient", "Peer", "SyncModuleClient", "SyncPeer"]

T = TypeVar("T")
WireT = TypeVar("WireT", AsyncWire, SyncWire)
ClientsT = TypeVar("ClientsT", bound="Peer")
SyncClientsT = TypeVar("SyncClientsT", bound="SyncPeer")


class _Base(Generic[WireT]):
    """What both kinds of peer share. Generated subclasses add a property per module."""

    def __init__(self, wire: WireT, connection: Connection) -> None:
        self._wire: WireT = wire
        self._connection = connection

    @property
    def version(self) -> str:
        """The OCPI version that is spoken with the peer."""
        return self._connection.version

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints of the peer."""
        return tuple(self._connection.endpoints)

    @property
    def token_base64(self) -> bool:
        """Whether the token is Base64-encoded in the header, by version or as it was found out."""
        return self._connection.base64

    @property
    def dialect(self) -> Dialect:
        """How objects of the peer are read, and what it takes."""
        return self._connection.settings.dialect

    @property
    def repairs(self) -> Counter[str]:
        """How many objects of the peer needed each rule of its dialect, by rule."""
        return self._connection.repairs

    @property
    def learner(self) -> Learner:
        """What the lists of the peer that were read need: ``learner.toml()`` proposes a file."""
        return self._connection.learner

    def proposed_dialect(self) -> Dialect:
        """Propose the dialect that the lists of the peer that were read so far need.

        Objects that its present dialect does not make valid are counted by what the level
        ``lenient`` repairs of them. With the level ``strict`` nothing is counted.
        """
        return self._connection.learner.dialect()

    def offers(self, module: str, role: str) -> bool:
        """Return whether the peer publishes an endpoint of a module for an interface role."""
        return self._connection.endpoints.find(module, role) is not None

    def routed(
        self,
        *,
        from_party: PartyId | None = None,
        to_party: PartyId | None = None,
        correlation_id: str | None = None,
    ) -> Self:
        """Return the same peer with other routing headers or for one logical call.

        Connections are shared with this one. What is None stays as it is.

        Args:
            from_party: The party that asks.
            to_party: The party that is asked.
            correlation_id: Sent with every call; a hub passes on the one that it was sent.
        """
        old = self._connection.settings
        settings = replace(
            old,
            from_party=from_party or old.from_party,
            to_party=to_party or old.to_party,
        )
        connection = replace(
            self._connection,
            settings=settings,
            correlation_id=correlation_id or self._connection.correlation_id,
        )
        return type(self)(self._wire, connection)


class Peer(_Base[AsyncWire]):
    """A peer to talk to. ``connect`` and ``Peer.at`` make the ``Clients`` of a binding of it.

    Every call raises a subclass of :class:`ocpi_runtime.errors.OcpiError` when it fails, with
    the HTTP status, the OCPI status and a hint.
    """

    @staticmethod
    def at(
        binding: "Binding[ClientsT, Any]",
        endpoints: Iterable[Endpoint],
        token: str,
        *,
        http: HttpClient | None = None,
        **options: Unpack[Options],
    ) -> ClientsT:
        """Make a peer whose endpoints are known; nothing is sent.

        Args:
            binding: The version that is spoken.
            endpoints: As discovery found them, ``peer.endpoints``.
            token: The credentials token that the peer issued to us.
            http: Sends the requests, see ``connect``. Left open when the peer is closed.
            options: See :class:`Settings`.

        Returns:
            The peer, to be used in ``async with`` or closed with ``aclose``.
        """
        settings = Settings(**options)
        wire = AsyncWire.opened(settings, http)
        return binding.clients(wire, _known_line(binding, endpoints, token, settings))

    async def send(self, request: Request[T]) -> Answer[T]:
        """Send a request and return the whole answer."""
        return await self._wire.run(call(self._connection, request))

    async def result(self, request: Request[T]) -> T:
        """Send a request and return the data of the answer."""
        return (await self.send(request)).data

    async def forward(self, request: Request[Any], query: str = "") -> RawAnswer:
        """Send a request of another party once, and return the answer as it came.

        Args:
            request: The request; its body is ``Raw``, and what it has as query is not sent.
            query: The query as the other party sent it.

        Raises:
            OcpiError: The peer did not answer. Its answer may be an error too.
        """
        return await self._wire.run(forward(self._connection, request, query))

    def pages(self, request: Request[list[T]]) -> Pages[T]:
        """Iterate over a paged list; nothing is sent before the iteration begins."""
        return Pages(self._wire, self._connection, request)

    async def aclose(self) -> None:
        """Close the connections, unless they belong to the ``http`` that was given."""
        await self._wire.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


class SyncPeer(_Base[SyncWire]):
    """A peer to talk to without await; see :class:`Peer`."""

    @staticmethod
    def at(
        binding: "Binding[Any, SyncClientsT]",
        endpoints: Iterable[Endpoint],
        token: str,
        *,
        http: SyncHttpClient | None = None,
        **options: Unpack[Options],
    ) -> SyncClientsT:
        """Make a peer whose endpoints are known; see :meth:`Peer.at`."""
        settings = Settings(**options)
        wire = SyncWire.opened(settings, http)
        return binding.sync_clients(wire, _known_line(binding, endpoints, token, settings))

    def send(self, request: Request[T]) -> Answer[T]:
        """Send a request and return the whole answer."""
        return self._wire.run(call(self._connection, request))

    def result(self, request: Request[T]) -> T:
        """Send a request and return the data of the answer."""
        return self.send(request).data

    def pages(self, request: Request[list[T]]) -> SyncPages[T]:
        """Iterate over a paged list; nothing is sent before the iteration begins."""
        return SyncPages(self._wire, self._connection, request)

    def close(self) -> None:
        """Close the connections, unless they belong to the ``http`` that was given."""
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class ModuleClient:
    """The base of generated classes that offer the operations of one module."""

    def __init__(self, session: Peer) -> None:
        self._session = session


class SyncModuleClient:
    """The base of generated classes that offer the operations of one module, without await."""

    def __init__(self, session: SyncPeer) -> None:
        self._session = session


def _known_line(
    binding: "Binding[Any, Any]", endpoints: Iterable[Endpoint], token: str, settings: Settings
) -> Connection:
    """Describe a peer whose version and endpoints are known."""
    base64 = settings.token_base64
    if base64 is None:
        base64 = base64_by_version(binding)
    return Connection(settings, binding.version, Endpoints(endpoints), token, base64)
