"""The parties behind a hub: those in whose name it may push, and whose objects it may list."""

from collections.abc import Iterable
from typing import Final, TypeAlias

from ocpi_runtime.types import PartyId
from ocpi_server.partners import PartnerRecord, Unclaimed
from ocpi_server.store import Listing, ListName, ObjectStore

__all__ = ["HubParties"]

_CHUNK: Final = 500
_State: TypeAlias = frozenset[tuple[ListName, int]]


class HubParties:
    """Finds the parties for which a hub may speak; other partners than hubs have none.

    A party of this platform, or one that is registered here itself, or was, speaks for itself.

    Args:
        own: The parties of this platform.
        unclaimed: Returns those of some parties that no partner but the given one has.
        store: Has the ClientInfos that hubs sent.
    """

    def __init__(self, own: frozenset[PartyId], unclaimed: Unclaimed, store: ObjectStore) -> None:
        self._own, self._unclaimed, self._store = own, unclaimed, store
        self._known: dict[str, tuple[_State, frozenset[PartyId]]] = {}

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
        listing = Listing(module="hubclientinfo", source=partner.id)
        state = frozenset((await self._store.state(listing)).items())
        if partner.id not in self._known or self._known[partner.id][0] != state:
            self._known[partner.id] = state, await self._named(listing)
        return await self.among(partner, self._known[partner.id][1])

    async def _named(self, listing: Listing) -> frozenset[PartyId]:
        found: set[PartyId] = set()
        after = 0
        while places := await self._store.behind(listing, after, _CHUNK):
            after = max(places)
            stored = await self._store.get_places(list(places))
            found.update(PartyId(each.key.country_code, each.key.party_id) for each in stored)
        return frozenset(found)
