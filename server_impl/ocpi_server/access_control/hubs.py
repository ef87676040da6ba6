"""The parties behind a hub: those in whose name it may push, and whose objects it may list."""

from collections.abc import Iterable
from typing import Final

from ocpi_runtime.types import PartyId
from ocpi_server.partners import PartnerRecord, Unclaimed
from ocpi_server.store import Listing, ObjectStore

__all__ = ["HubParties"]

_CHUNK: Final = 500


class HubParties:
    """Finds the parties for which a hub may speak; a partner that is no hub has none.

    A party of this platform, or one that is registered here itself, or was, speaks for itself.

    Args:
        own: The parties of this platform.
        unclaimed: Returns those of some parties that no partner but the given one has.
        store: Has the ClientInfos that hubs sent.
    """

    def __init__(self, own: frozenset[PartyId], unclaimed: Unclaimed, store: ObjectStore) -> None:
        self._own, self._unclaimed, self._store = own, unclaimed, store

    async def among(self, partner: PartnerRecord, named: Iterable[PartyId]) -> frozenset[PartyId]:
        """Return those of some parties for which a hub may speak."""
        others = frozenset(named) - self._own
        if not others or not partner.plays("HUB"):
            return frozenset()
        return await self._unclaimed(partner, others)

    async def listed(self, partner: PartnerRecord) -> frozenset[PartyId]:
        """Return the parties for which a hub speaks: those of its ClientInfos."""
        if not partner.plays("HUB"):
            return frozenset()
        found: set[PartyId] = set()
        listing, after = Listing(module="hubclientinfo", source=partner.id), 0
        while places := await self._store.behind(listing, after, _CHUNK):
            after = max(places)
            stored = await self._store.get_places(list(places))
            found.update(PartyId(each.key.country_code, each.key.party_id) for each in stored)
        return await self.among(partner, found)
