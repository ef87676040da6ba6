"""How much one partner may store here."""

import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import BigInteger, Connection, and_, bindparam, cast, func, or_, select

from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.types import PartyId
from ocpi_server.store._moves import Moved
from ocpi_server.store._records import OWN, Draft, audience_of
from ocpi_server.store.database.damage import number
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.tables import listings

if TYPE_CHECKING:
    from ocpi_server.store._objects import ObjectStore

__all__ = ["CheckRoom", "Guard", "Quota", "QuotaExceeded", "StorageRoom"]

log = logging.getLogger("ocpi_server.store")

_QUIET_SECONDS: Final = 600.0
"""For so long, further refusals of one partner are not logged."""
_MOST_REMEMBERED: Final = 10_000
_STORED = (
    select(listings.c.module, listings.c.total, listings.c.bytes)
    .where(listings.c.source == bindparam("source"))
    .with_for_update()
    .subquery()
)
_USED = Prepared(
    select(
        _STORED.c.module,
        cast(func.sum(_STORED.c.total), BigInteger),
        cast(func.sum(_STORED.c.bytes), BigInteger),
    ).group_by(_STORED.c.module)
)
_OF_HUBS: Final = "hubclientinfo"

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """The most that one partner may store.

    Attributes:
        objects: How many objects.
        bytes: How many bytes of JSON together.
        object_bytes: How many bytes one object may grow to.
        parties: How many parties a hub may name in ClientInfos.
    """

    objects: int = 1_000_000
    bytes: int = 2_000_000_000
    object_bytes: int = 2 * 1024 * 1024
    parties: int = 5000


class QuotaExceeded(InvalidParameters):
    """A partner would store more than it may (2001); nothing was changed."""


_MORE: Final = "Ask the operator for a higher limit."
_LESS_OR_MORE: Final = "Delete obsolete objects, or ask the operator for a higher limit."


class _Grown(NamedTuple):
    """By how much the objects of a partner became more and longer; parties are its ClientInfos."""

    objects: int = 0
    bytes: int = 0
    parties: int = 0


class Guard:
    """Holds writes of partners to their quota, in the transaction of each write.

    Args:
        quota: The most that each may store; None for any amount.
    """

    def __init__(self, quota: Quota | None) -> None:
        self._quota = quota
        self._warned: dict[str, float] = {}

    def check_size(self, draft: Draft, before: int = 0) -> None:
        """Check the size of one object; one that is too long already may not grow.

        Raises:
            QuotaExceeded: It is too long.
        """
        if self._quota is None or draft.source == OWN:
            return
        most, size = self._quota.object_bytes, len(draft.raw)
        if size > max(most, before):
            raise self._refused(
                draft.source,
                f"{draft.key.uid} of {draft.key.module} is too large: it would have "
                f"{size} bytes, at most {most} are allowed.",
                "Remove obsolete parts, or split the object.",
            )

    def check_totals(self, connection: Connection, done: Iterable[Moved]) -> None:
        """Check the quota of the partners whose objects a transaction wrote.

        Raises:
            QuotaExceeded: One of them has too many objects or bytes now, and more than before.
        """
        if self._quota is None:
            return
        for source, grown in _grown(done).items():
            rows = _USED.all(connection, {"source": source})
            counts = {str(module): number(total) for module, total, _ in rows}
            if grown.parties > 0 and counts.get(_OF_HUBS, 0) > self._quota.parties:
                raise self._full(source, f"{self._quota.parties} parties", _MORE)
            if grown.objects > 0 and sum(counts.values()) > self._quota.objects:
                raise self._full(source, f"{self._quota.objects} objects")
            if grown.bytes > 0 and sum(number(row[2]) for row in rows) > self._quota.bytes:
                raise self._full(source, f"{self._quota.bytes} bytes")

    def check_room(self, source: str, objects: int, size: int) -> None:
        """Check that a partner may have one more object.

        Raises:
            QuotaExceeded: It has as many objects or bytes as it may.
        """
        if self._quota is None:
            return
        if objects >= self._quota.objects:
            raise self._full(source, f"{self._quota.objects} objects")
        if size >= self._quota.bytes:
            raise self._full(source, f"{self._quota.bytes} bytes")

    def _full(self, source: str, most: str, hint: str = _LESS_OR_MORE) -> QuotaExceeded:
        return self._refused(source, f"Storage limit of {most} per partner exceeded.", hint)

    def _refused(self, source: str, message: str, hint: str) -> QuotaExceeded:
        now = time.monotonic()
        if now - self._warned.get(source, -_QUIET_SECONDS) >= _QUIET_SECONDS:
            if len(self._warned) >= _MOST_REMEMBERED:
                self._warned.clear()
            self._warned[source] = now
            log.warning("storage limit of partner %s reached: %s", source, message)
        fault = Violation("", "quota", message)
        return QuotaExceeded(message, violations=[fault], hint=hint)


class StorageRoom:
    """Bounds what requests of partners cause, together with what partners store.

    What goes on is never refused, so that no session lacks its end: only what is new is.

    Args:
        store: Where all of it is kept.
    """

    def __init__(self, store: "ObjectStore") -> None:
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


def _grown(done: Iterable[Moved]) -> dict[str, _Grown]:
    """Sum up what a transaction did to the objects of each partner that has more or longer ones."""
    sums: dict[str, _Grown] = {}
    for moved in done:
        source, module = moved.name.source, moved.name.module
        if source != OWN:
            objects, size, parties = sums.get(source, _Grown())
            named = moved.more if module == _OF_HUBS else 0
            sums[source] = _Grown(objects + moved.more, size + moved.growth, parties + named)
    return {source: each for source, each in sums.items() if max(each) > 0}
