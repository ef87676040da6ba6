"""Calling partners through the generated clients, with the token and routing that each expects."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import httpx

from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Exchange, Limits, Peer, http_client
from ocpi_runtime.errors import EndpointMissing
from ocpi_runtime.types import PartyId
from ocpi_runtime.urls import UrlPolicy
from ocpi_server.partners.directory import PartnerDirectory
from ocpi_server.partners.records import PartnerRecord

if TYPE_CHECKING:
    from ocpi_bindings.v2_2_1.clients import Clients

__all__ = ["HANDSHAKE", "PartnerClients"]

_CONNECTIONS: Final = 10
"""Open connections to one partner: one that does not answer keeps no more than these busy."""
_UNUSED_SECONDS: Final = 600.0
"""After this time without a call the connections of a partner are closed; no call lasts so long."""

HANDSHAKE: Final = Limits(connect=5.0, read=8.0, total=10.0, retries=0)
"""For calls while another request waits: well below the time that the other side waits for us."""


class _Guarded(httpx.AsyncClient):
    """Sends through a shared client, after a look at whether it may.

    Args:
        shared: Returns the client that sends.
        check: Raises what forbids it.
    """

    def __init__(
        self, shared: Callable[[], httpx.AsyncClient], check: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(transport=httpx.AsyncBaseTransport())
        self._shared = shared
        self._check = check

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        await self._check()
        return await self._shared().send(request, **options)


class PartnerClients:
    """Makes and keeps the sessions with partners, with a bounded pool of connections for each.

    Registrations are exchanged over a pool of their own, ``http``.

    Args:
        directory: Knows the partners and the tokens that we use there.
        bindings: The versions that this platform speaks, by number.
        own: The party that speaks when none is named.
        policy: Which URLs may be called.
        on_exchange: Is told each HTTP exchange.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        bindings: Mapping[str, Binding[Any, Any]],
        own: PartyId,
        policy: UrlPolicy,
        on_exchange: Callable[[Exchange], None] | None = None,
    ) -> None:
        self._directory = directory
        self.bindings = bindings
        self._own = own
        self.policy = policy
        self.on_exchange = on_exchange
        self.http = http_client(policy)
        self._peers: dict[str, tuple[int, Clients]] = {}
        self._pools: dict[str, _Pool] = {}

    def peer(
        self,
        partner: PartnerRecord,
        *,
        from_party: PartyId | None = None,
        to_party: PartyId | None = None,
        correlation_id: str | None = None,
    ) -> "Clients":
        """Give the client of a partner.

        Its methods have the same names in every version; the type is that of one of them.

        Args:
            partner: A registered partner.
            from_party: Which of our parties asks; by default the first one.
            to_party: Which of the partner's parties is asked; by default the only one, if there
                is only one.
            correlation_id: That of the message which the call belongs to.

        Raises:
            GenericServerError: There is no registration.
            EndpointMissing: The partner speaks a version that this platform no longer does.
        """
        self._pool(partner.id).used = time.monotonic()
        kept = self._peers.get(partner.id)
        if kept is None or kept[0] != partner.revision:
            kept = (partner.revision, self._make(partner))
            self._peers[partner.id] = kept
        if to_party is None and len(partner.parties) == 1:
            (to_party,) = partner.parties
        return kept[1].routed(
            from_party=from_party or self._own, to_party=to_party, correlation_id=correlation_id
        )

    def _make(self, partner: PartnerRecord) -> "Clients":
        token = self._directory.open_token(partner)
        binding = self.bindings.get(partner.version or "")
        if binding is None:
            raise EndpointMissing(f"{partner.name} speaks {partner.version}, which we do not.")
        peer: Clients = Peer.at(
            binding,
            partner.endpoints,
            token,
            # Asked before each request: another process may have blocked the partner.
            http=_Guarded(
                lambda: self._pool(partner.id).http, lambda: self._directory.check_open(partner)
            ),
            policy=self.policy,
            token_base64=partner.token_base64,
            on_exchange=self.on_exchange,
        )
        return peer

    def _pool(self, partner_id: str) -> "_Pool":
        pool = self._pools.get(partner_id)
        if pool is None:
            pool = _Pool(http_client(self.policy, connections=_CONNECTIONS))
            self._pools[partner_id] = pool
        return pool

    async def close_unused(self) -> None:
        """Close the connections of partners that were not called for ten minutes."""
        oldest = time.monotonic() - _UNUSED_SECONDS
        for partner_id in [key for key, pool in self._pools.items() if pool.used < oldest]:
            self._peers.pop(partner_id, None)
            await self._pools.pop(partner_id).http.aclose()

    async def close(self) -> None:
        """Close all connections."""
        self._peers.clear()
        while self._pools:
            await self._pools.popitem()[1].http.aclose()
        await self.http.aclose()


@dataclass(slots=True)
class _Pool:
    """The connections to one partner.

    Attributes:
        http: The client that holds them.
        used: When the partner was called last, by the monotonic clock.
    """

    http: httpx.AsyncClient
    used: float = field(default_factory=time.monotonic)
