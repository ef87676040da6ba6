"""Finding the client of whoever speaks for a party, to push something of its own."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from ocpi_runtime.types import PartyId
from ocpi_server.partners import PartnerDirectory, PartnerRecord
from ocpi_server.partners.calling import PartnerClients

if TYPE_CHECKING:
    from ocpi_bindings.v2_3_0.clients import Clients

__all__ = ["ClientsByParty", "FindPartner"]

FindPartner = Callable[[PartyId], Awaitable[PartnerRecord | None]]
"""Finds the partner to which messages for a party are sent."""


class ClientsByParty:
    """Gives clients by party, for modules that came with 2.3.0.

    Args:
        directory: Knows the partners.
        find: Finds the one to which messages for a party are sent.
        clients: Calls partners.
    """

    def __init__(
        self, directory: PartnerDirectory, find: FindPartner, clients: PartnerClients
    ) -> None:
        self._directory = directory
        self._find = find
        self._clients = clients

    async def partner(self, party: PartyId) -> PartnerRecord | None:
        """Look up who speaks for a party, a hub too; None where nobody does."""
        return await self._find(party)

    async def taker(self, module: str, owner: PartyId, party: PartyId) -> "Clients | None":
        """Return the clients of a party that receives the objects of a module.

        Args:
            module: The OCPI module.
            owner: Which of our parties speaks.
            party: Whom it is for.

        Returns:
            None where nobody speaks for the party, or its platform has no receiver.
        """
        partner = await self.partner(party)
        if partner is None or not self._clients.knows(partner, module):
            return None
        peer = self._clients.peer(partner, from_party=owner, to_party=party)
        return cast("Clients", peer) if peer.offers(module, "receiver") else None

    async def takers(self, module: str) -> list[PartnerRecord]:
        """List the partners that take the objects of a module.

        One that cannot be called is among them, so that the fault is reported where it is.
        """
        return [
            each for each in await self._directory.registered() if self._clients.takes(each, module)
        ]

    def client(self, partner: PartnerRecord, owner: PartyId) -> "Clients":
        """Return the client of a partner, as one of our parties.

        Raises:
            OcpiError: It cannot be called.
        """
        return cast("Clients", self._clients.for_all(partner, from_party=owner))
