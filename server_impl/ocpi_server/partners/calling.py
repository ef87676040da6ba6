"""Calling partners through the generated clients, with the token and routing that each expects."""

from collections.abc import Awaitable, Callable, Mapping
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
    """Makes and keeps the sessions with partners; connections are shared between them.

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
            http=_Guarded(lambda: self.http, lambda: self._directory.check_open(partner)),
            policy=self.policy,
            token_base64=partner.token_base64,
            on_exchange=self.on_exchange,
        )
        return peer

    async def close(self) -> None:
        """Close all connections."""
        await self.http.aclose()
