"""The parties behind a hub: those in whose name it may push, and whose objects it may list."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from ocpi_runtime.types import PartyId
from ocpi_server.partners import PartnerDirectory, PartnerRecord
from ocpi_server.store import ObjectStore
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.tables import listings

__all__ = ["HubParties"]

_OF_HUB: Any = (
    listings.c.module == "hubclientinfo",
    listings.c.source == bindparam("hub"),
)
_STATE = Prepared(select(func.count(), func.sum(listings.c.changes)).where(*_OF_HUB))
_NAMED = Prepared(
    select(listings.c.country_code, listings.c.party_id).where(*_OF_HUB, listings.c.total > 0)
)


class HubParties:
    """Finds the parties for which a hub may speak; other partners than hubs have none.

    A party of this platform, or one that is registered here itself, or was, speaks for itself.

    Args:
        own: The parties of this platform.
        directory: Finds who speaks for a party, or has spoken for it.
        store: Has the ClientInfos that hubs sent.
    """

    def __init__(
        self, own: frozenset[PartyId], directory: PartnerDirectory, store: ObjectStore
    ) -> None:
        self._own, self._directory, self._database = own, directory, store.database
        self._known: dict[str, tuple[Hashable, frozenset[PartyId]]] = {}

    async def among(self, partner: PartnerRecord, named: Iterable[PartyId]) -> frozenset[PartyId]:
        """Return those of some parties for which a hub may speak."""
        others = frozenset(named) - self._own
        if not others or not partner.plays("HUB"):
            return frozenset()
        return await self._directory.unclaimed(partner, others)

    async def listed(self, partner: PartnerRecord) -> frozenset[PartyId]:
        """Return the parties for which a hub speaks: those of its ClientInfos."""
        if not partner.plays("HUB"):
            return frozenset()
        state = _state(await self._database.rows(_STATE, {"hub": partner.id}))
        others = await self._directory.claimed_behind(partner, state)
        known = self._known.get(partner.id)
        if known is None or known[0] != (state, others):
            newer, found = await self._database.read(lambda link: _named(link, partner.id))
            if newer != state:  # what the hub has named since may be a party of others, too
                return await self.among(partner, found)
            self._known[partner.id] = known = (state, others), found - self._own - others
        return known[1]


def _state(rows: Sequence[Sequence[Any]]) -> Hashable:
    return tuple(map(tuple, rows))


def _named(link: Connection, hub: str) -> tuple[Hashable, frozenset[PartyId]]:
    """Return the parties that a hub names, with the state that they belong to."""
    values = {"hub": hub}
    found = frozenset(PartyId(*row) for row in _NAMED.all(link, values))
    return _state(_STATE.all(link, values)), found
