"""Whether a partner may have more made for it: sessions, reservations and bookings."""

from collections.abc import Awaitable, Callable, Collection
from typing import Final

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from ocpi_runtime.types import PartyId
from ocpi_server.store._objects import ObjectStore
from ocpi_server.store._records import OWN, audience_of
from ocpi_server.store.database.tables import listings

__all__ = ["CheckRoom", "StorageRoom"]

_FOR_PARTY: Final = ("sessions", "bookings")
"""Own objects that partners cause, each for one party."""
_BY_PARTY: Final = "reservations"
"""Those that are kept under the party that caused them."""
_COLUMNS = listings.c
_PARTY = _COLUMNS.country_code + "-" + _COLUMNS.party_id
_CAUSED = select(
    func.coalesce(func.sum(_COLUMNS.total), 0), func.coalesce(func.sum(_COLUMNS.bytes), 0)
).where(
    or_(
        _COLUMNS.source == bindparam("partner"),
        and_(
            _COLUMNS.source == OWN,
            _COLUMNS.module.in_(_FOR_PARTY),
            _COLUMNS.audience.in_(bindparam("parties", expanding=True)),
        ),
        and_(
            _COLUMNS.source == OWN,
            _COLUMNS.module == _BY_PARTY,
            _PARTY.in_(bindparam("parties", expanding=True)),
        ),
    )
)
CheckRoom = Callable[[str, Collection[PartyId]], Awaitable[None]]
"""Refuses when a partner has as much as it may; see :class:`StorageRoom`."""


class StorageRoom:
    """Bounds what requests of partners cause, together with what partners store.

    What goes on is never refused, so that no session lacks its end: only what is new is.

    Args:
        store: Where all of it is kept.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def __call__(self, partner_id: str, parties: Collection[PartyId]) -> None:
        """Refuse to make one more object.

        Args:
            partner_id: Who asks for it.
            parties: The parties of the partner that may ask for it.

        Raises:
            QuotaExceeded: The partner has as many objects or bytes as it may.
        """
        named = sorted(map(audience_of, parties))

        def used(connection: Connection) -> tuple[int, int]:
            row = connection.execute(_CAUSED, {"partner": partner_id, "parties": named}).one()
            return int(row[0]), int(row[1])

        self._store.guard.check_room(partner_id, *await self._store.database.read(used))
