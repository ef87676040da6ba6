"""Calling partners through the generated clients, with the token and routing that each expects."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Exchange, HttpClient, Limits, Options, Peer, http_client
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.errors import EndpointMissing, GenericServerError, OcpiError
from ocpi_runtime.types import PartyId
from ocpi_runtime.urls import UrlPolicy
from ocpi_server.partners._pools import PoolKey, Pools
from ocpi_server.partners._records import PartnerRecord
from ocpi_server.partners.directory import PartnerDirectory

if TYPE_CHECKING:
    from ocpi_bindings.v2_2_1.clients import Clients

__all__ = ["HANDSHAKE", "PartnerClients"]

_CONNECTIONS: Final = 10
"""Open connections to one partner: one that does not answer keeps no more than these busy."""
_CHECKED_SECONDS: Final = 0.25
"""For so long it counts that a partner is not blocked: another process may block it."""
_MOST_PEERS: Final = 1000
"""How many sessions are kept; making one decrypts the token of the partner."""

HANDSHAKE: Final = Limits(connect=5.0, read=8.0, total=10.0, retries=0)
"""For calls while another request waits: well below the time that the other side waits for us."""


class _Guarded:
    """Sends to a partner through its pool, after a look at whether it may.

    Args:
        pools: The connections to partners.
        key: The partner and its settings.
        check: Raises what forbids it.
    """

    def __init__(
        self, pools: Pools, key: PoolKey, check: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._pools, self._key = pools, key
        self._check = check
        self._checked = -_CHECKED_SECONDS

    def build_request(self, **arguments: Any) -> Any:
        """Make a request."""
        return self._pools.build_request(self._key, **arguments)

    async def aclose(self) -> None:
        """Leave the connections to others."""

    async def send(self, request: Any, **options: Any) -> Any:
        """Send a request."""
        if self._check is not None and time.monotonic() - self._checked > _CHECKED_SECONDS:
            await self._check()
            self._checked = time.monotonic()
        return await self._pools.send(self._key, request, **options)


class PartnerClients:
    """Makes and keeps the sessions with partners, with a bounded pool of connections for each.

    Registrations are exchanged over a pool of their own, but for partners with settings for their
    connections.

    Args:
        directory: Knows the partners and the tokens that we use there.
        bindings: The versions that this platform speaks, by number.
        own: The party that speaks when none is named.
        policy: Which URLs may be called.
        on_exchange: Called with each HTTP exchange.
        dialect: How objects of partners are read.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        bindings: Mapping[str, Binding[Any, Any]],
        own: PartyId,
        policy: UrlPolicy,
        on_exchange: Callable[[Exchange], None] | None = None,
        dialect: Dialect = Dialect.standard,
    ) -> None:
        self._dialect = dialect
        self._directory = directory
        self.bindings = bindings
        self._own = own
        self.policy = policy
        self.on_exchange = on_exchange
        self.http = http_client(policy)
        self._peers: OrderedDict[str, tuple[int, Clients]] = OrderedDict()
        self._pools = Pools(self._connections)

    def _connections(self, key: PoolKey) -> HttpClient:
        # Imported here: a platform that calls nobody starts without it.
        from ocpi_runtime.client.fast import fast_http_client  # noqa: PLC0415

        transport = self._directory.open_transport(*key)
        try:
            return fast_http_client(self.policy, connections=_CONNECTIONS, transport=transport)
        except ValueError as error:  # a file was replaced since
            raise GenericServerError(str(error)) from error

    def handshake(
        self, partner: PartnerRecord, limits: Limits | None = None
    ) -> tuple[HttpClient, Options]:
        """Return what registrations with a partner are exchanged with: a client, and options.

        Args:
            partner: The partner, in whatever state.
            limits: Those for a call that another request waits for.

        Raises:
            GenericServerError: The settings for its connections cannot be used.
        """
        transport = self._directory.transport(partner).without_connection()
        options: Options = {"policy": self.policy, "on_exchange": self.on_exchange}
        if limits is not None:
            options["limits"] = limits
            transport = transport.without_times()
        options["transport"] = transport
        key = partner.id, partner.sealed_transport
        http: HttpClient = self.http if key[1] is None else _Guarded(self._pools, key)
        return http, options

    def peer(
        self,
        partner: PartnerRecord,
        *,
        from_party: PartyId | None = None,
        to_party: PartyId | None = None,
        correlation_id: str | None = None,
    ) -> "Clients":
        """Yield the clients of a partner.

        Its methods have the same names in every version; the type is that of one of them.

        Args:
            partner: A registered partner.
            from_party: Which of our parties asks; by default the first one.
            to_party: Which of the partner's parties is asked; by default the only one, if there
                is only one. A hub finds the receiver itself where none is named.
            correlation_id: That of the message which the call belongs to.

        Raises:
            GenericServerError: There is no registration.
            EndpointMissing: The partner speaks a version that this platform no longer does.
        """
        kept = self._kept(partner)
        if to_party is None and len(partner.parties) == 1 and partner.hub_party is None:
            (to_party,) = partner.parties
        return kept.routed(
            from_party=from_party or self._own, to_party=to_party, correlation_id=correlation_id
        )

    def _kept(self, partner: PartnerRecord) -> "Clients":
        """Return the session with a partner, which is made anew when its record has changed."""
        kept = self._peers.get(partner.id)
        if kept is None or kept[0] != partner.revision:
            kept = (partner.revision, self._make(partner))
            self._peers[partner.id] = kept
        self._peers.move_to_end(partner.id)
        if len(self._peers) > _MOST_PEERS:
            self._peers.popitem(last=False)
        return kept[1]

    def for_all(self, partner: PartnerRecord, *, from_party: PartyId | None = None) -> "Clients":
        """Yield the clients of a partner for what is for all of its parties, or comes from them.

        To a hub they are those behind it: it passes on what is pushed to the hub itself, and joins
        the lists of all where its own is read.

        Args:
            partner: A registered partner.
            from_party: Which of our parties asks; by default the first one.

        Raises:
            OcpiError: As :meth:`peer`.
        """
        return self.peer(partner, from_party=from_party, to_party=partner.hub_party)

    def knows(self, partner: PartnerRecord, module: str) -> bool:
        """Return whether the version of a partner has a receiver of a module."""
        binding = self.bindings.get(partner.version or "")
        return binding is not None and (module, "receiver") in binding.interfaces

    def offers(self, partner: PartnerRecord, module: str) -> bool:
        """Return whether the lists of a module can be read at a partner."""
        binding = self.bindings.get(partner.version or "")
        if binding is None or (module, "sender") not in binding.interfaces:
            return False
        try:
            return self._kept(partner).offers(module, "sender")
        except OcpiError:
            return False

    def takes(self, partner: PartnerRecord, module: str) -> bool:
        """Return whether a partner takes what is pushed to a module.

        One that cannot be called counts as taking it: what is wrong is the result of the push.
        """
        try:
            return self.knows(partner, module) and self._kept(partner).offers(module, "receiver")
        except OcpiError:
            return True

    def _make(self, partner: PartnerRecord) -> "Clients":
        token = self._directory.open_token(partner)
        binding = self.bindings.get(partner.version or "")
        if binding is None:
            raise EndpointMissing(
                f"OCPI {partner.version} of {partner.name} is not in our settings."
            )
        peer: Clients = Peer.at(
            binding,
            partner.endpoints,
            token,
            # Another process may have blocked the partner.
            http=_Guarded(
                self._pools,
                (partner.id, partner.sealed_transport),
                lambda: self._directory.check_open(partner),
            ),
            policy=self.policy,
            transport=self._directory.transport(partner).without_connection(),
            token_base64=partner.token_base64,
            dialect=partner.spoken(self._dialect),
            on_exchange=self.on_exchange,
        )
        return peer

    async def close_unused(self) -> None:
        """Close the connections of partners that were not called for ten minutes."""
        await self._pools.close_unused()

    async def close(self) -> None:
        """Close all connections."""
        self._peers.clear()
        await self._pools.close()
        await self.http.aclose()
