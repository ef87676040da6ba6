"""Finding the client of whoever speaks for a party, to tell it something of its own."""

from typing import TYPE_CHECKING, cast

from ocpi_runtime.types import PartyId
from ocpi_server.partners import PartnerDirectory, PartnerRecord
from ocpi_server.partners.calling import PartnerClients

if TYPE_CHECKING:
    from ocpi_bindings.v2_3_0.clients import Clients

__all__ = ["Messenger"]


class Messenger:
    """Gives clients by party, for modules that came with 2.3.0.

    Args:
        directory: Knows who speaks for a party.
        clients: Calls partners.
    """

    def __init__(self, directory: PartnerDirectory, clients: PartnerClients) -> None:
        self._directory = directory
        self._clients = clients

    async def taker(self, module: str, owner: PartyId, party: PartyId) -> "Clients | None":
        """Give the client of a party that takes the objects of a module.

        Args:
            module: The OCPI module.
            owner: Which of our parties speaks.
            party: Whom it is for.

        Returns:
            None where nobody speaks for the party, or its platform has no receiver.
        """
        partner = await self._directory.of_party(party)
        return None if partner is None else self._taker(partner, module, owner, party)

    async def takers(self, module: str, owner: PartyId) -> "list[tuple[PartnerRecord, Clients]]":
        """Give all partners that take the objects of a module, with their clients."""
        partners = await self._directory.registered()
        pairs = ((each, self._taker(each, module, owner, None)) for each in partners)
        return [(partner, peer) for partner, peer in pairs if peer is not None]

    def _taker(
        self, partner: PartnerRecord, module: str, owner: PartyId, party: PartyId | None
    ) -> "Clients | None":
        binding = self._clients.bindings.get(partner.version or "")
        if binding is None or (module, "receiver") not in binding.interfaces:
            return None
        peer = self._clients.peer(partner, from_party=owner, to_party=party)
        return cast("Clients", peer) if peer.offers(module, "receiver") else None
