"""Calling partners through the generated clients, with the token and routing that each expects."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Exchange, HttpClient, Limits, Options, Peer, http_client
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.errors import EndpointMissing, GenericServerError, OcpiError
from ocpi_runtime.types import PartyId
from ocpi_runtime.urls import UrlPolicy
from ocpi_server.partners._pools import Guarded, PoolKey, Pools, checked_seldom
from ocpi_server.partners._records import PartnerRecord
from ocpi_server.partners.directory import PartnerDirectory

if TYPE_CHECKING:
    from ocpi_bindings.v2_2_1.clients import Clients

__all__ = ["HANDSHAKE", "PartnerClients", "checked_seldom"]

_MOST_ROUTES: Final = 64
_MOST_PEERS: Final = 1000
"""Number of sessions that are kept; making one decrypts the token of the partner."""

HANDSHAKE: Final = Limits(connect=5.0, read=8.0, total=10.0, retries=0)
"""For calls while another request waits: well below the time that the other side waits for us."""


@dataclass(slots=True)
class _Session:
    """The session with a partner, as long as its record stays.

    Attributes:
        revision: That of the record.
        clients: Calls the partner.
        sole_party: Its party, if it has only one and is no hub.
        hub_party: Its party with the role HUB.
        known: The clients with the parties that were named before.
        offered: Which interfaces were asked for before, and whether it has them.
        taken: Which modules were asked for before, and whether it takes what is pushed to them.
    """

    revision: int
    clients: "Clients"
    sole_party: PartyId | None
    hub_party: PartyId | None
    known: dict[tuple[PartyId, PartyId | None], "Clients"] = field(default_factory=dict)
    offered: dict[tuple[str, str], bool] = field(default_factory=dict)
    taken: dict[str, bool] = field(default_factory=dict)

    def routed(
        self, from_party: PartyId, to_party: PartyId | None, correlation_id: str | None
    ) -> "Clients":
        """Return the clients with routing headers."""
        to_party = to_party or self.sole_party
        if correlation_id is not None:
            return self.clients.routed(
                from_party=from_party, to_party=to_party, correlation_id=correlation_id
            )
        found = self.known.get((from_party, to_party))
        if found is None:
            if len(self.known) >= _MOST_ROUTES:
                self.known.clear()
            found = self.clients.routed(from_party=from_party, to_party=to_party)
            self.known[from_party, to_party] = found
        return found

    def offers(self, module: str, role: str) -> bool:
        """Return whether the partner has an interface."""
        found = self.offered.get((module, role))
        if found is None:
            found = self.offered[module, role] = self.clients.offers(module, role)
        return found


class PartnerClients:
    """Makes and keeps the sessions with partners, with a bounded pool of connections for each.

    Registrations are exchanged over a pool of their own, but for partners with settings for their
    connections.

    Args:
        directory: Looks partners up, and the tokens that we use there.
        bindings: The versions that this platform speaks, by number.
        own: The party that speaks when none is named.
        policy: Which URLs may be called.
        observe: Returns what is called with each HTTP exchange with a partner, by its id.
        dialect: How objects of partners are read.
        connections: Maximum number of open connections to one partner.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        bindings: Mapping[str, Binding[Any, Any]],
        own: PartyId,
        policy: UrlPolicy,
        observe: Callable[[str], Callable[[Exchange], None] | None] = lambda _: None,
        dialect: Dialect = Dialect.standard,
        connections: int = 10,
    ) -> None:
        self._connections_each = connections
        self._dialect = dialect
        self._directory = directory
        self.bindings = bindings
        self._own = own
        self.policy = policy
        self._observe = observe
        self.http = http_client(policy)
        self._peers: OrderedDict[str, _Session] = OrderedDict()
        self._pools = Pools(self._connections)

    def _connections(self, key: PoolKey) -> HttpClient:
        # Imported here: a platform that calls nobody starts without it.
        from ocpi_runtime.client.fast import fast_http_client  # noqa: PLC0415

        transport = self._directory.open_transport(*key)
        try:
            return fast_http_client(
                self.policy, connections=self._connections_each, transport=transport
            )
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
        options: Options = {"policy": self.policy, "on_exchange": self._observe(partner.id)}
        if limits is not None:
            options["limits"] = limits
            transport = transport.without_times()
        options["transport"] = transport
        key = partner.id, partner.sealed_transport
        http: HttpClient = self.http if key[1] is None else Guarded(self._pools, key)
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
        return self._kept(partner).routed(from_party or self._own, to_party, correlation_id)

    def _kept(self, partner: PartnerRecord) -> "_Session":
        """Return the session with a partner, which is made again when its record has changed."""
        kept = self._peers.get(partner.id)
        if kept is None or kept.revision != partner.revision:
            sole = None
            if len(partner.parties) == 1 and partner.hub_party is None:
                (sole,) = partner.parties
            made = self._make(partner)
            kept = _Session(partner.revision, made, sole, partner.hub_party)
            self._peers[partner.id] = kept
        self._peers.move_to_end(partner.id)
        if len(self._peers) > _MOST_PEERS:
            self._peers.popitem(last=False)
        return kept

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
        return self.peer(partner, from_party=from_party, to_party=self._kept(partner).hub_party)

    def publishes(self, partner: PartnerRecord, module: str, interface: str) -> bool:
        """Return whether a partner publishes an interface, ``sender`` or ``receiver``."""
        try:
            return self._kept(partner).offers(module, interface)
        except OcpiError:
            return False

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
            kept = self._kept(partner)
        except OcpiError:
            return self.knows(partner, module)
        found = kept.taken.get(module)
        if found is None:
            found = self.knows(partner, module) and kept.offers(module, "receiver")
            kept.taken[module] = found
        return found

    def _make(self, partner: PartnerRecord) -> "Clients":
        token = self._directory.open_token(partner)
        binding = self.bindings.get(partner.version or "")
        if binding is None:
            raise EndpointMissing(
                f"OCPI {partner.version} of {partner.label} is not in our settings."
            )
        peer: Clients = Peer.at(
            binding,
            partner.endpoints,
            token,
            # Asked before each request: another process may have blocked the partner.
            http=Guarded(
                self._pools,
                (partner.id, partner.sealed_transport),
                lambda: self._directory.check_open(partner),
                lambda: self._directory.changes.count,
            ),
            policy=self.policy,
            transport=self._directory.transport(partner).without_connection(),
            token_base64=partner.token_base64,
            dialect=partner.spoken(self._dialect),
            on_exchange=self._observe(partner.id),
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
