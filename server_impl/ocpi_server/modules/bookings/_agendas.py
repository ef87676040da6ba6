"""What is booked at each location: who asks first is first, whatever process it asks."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

import msgspec

from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, to_micros, utc_now
from ocpi_server.store import OWN, Draft, Duplicate, Key, Listing, ObjectStore, Stored

__all__ = ["AGENDAS", "Agendas", "Driver", "ReservedPeriod", "Site"]

_NEVER: Final = 2**60

AGENDAS: Final = "agendas"
"""What agendas are called in the store, where modules stand."""


class Site(msgspec.Struct, frozen=True):
    """A location of ours.

    Attributes:
        country_code: Of its owner.
        party_id: Of its owner.
        location_id: Its id.
    """

    country_code: str
    party_id: str
    location_id: str

    @classmethod
    def of(cls, owner: PartyId, location_id: str) -> "Site":
        """Name a location."""
        return cls(owner.country_code, owner.party_id, location_id)

    @property
    def owner(self) -> PartyId:
        """The party that runs it."""
        return PartyId(self.country_code, self.party_id)

    @property
    def key(self) -> Key:
        """Where its agenda is kept."""
        return Key.of(AGENDAS, self.owner, self.location_id)


class Driver(NamedTuple):
    """Who wants to charge.

    Attributes:
        emsp: Whose driver it is.
        reference: The authorization reference, or empty.
        token: The name of the token.
    """

    emsp: str
    reference: str
    token: str


class ReservedPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A period in which an EVSE is kept for a driver; instants in microseconds since 1970.

    Attributes:
        booking: The id of the booking.
        evse: The EVSE; empty as long as none is chosen.
        start: When the period begins.
        end: When it is over.
        opens: When the driver may begin to charge.
        lapses: Until when the driver must have begun.
        emsp: Whose driver it is.
        reference: The authorization reference that sessions of the booking carry.
        tokens: The tokens that can charge with it.
        used: Whether the driver has begun.
    """

    booking: str
    evse: str = ""
    start: int
    end: int
    opens: int
    lapses: int
    emsp: str
    reference: str
    tokens: tuple[str, ...] = ()
    used: bool = False

    def meets(self, other: "ReservedPeriod") -> bool:
        """Return whether two periods overlap."""
        return self.start < other.end and other.start < self.end

    def missed(self, now: int) -> bool:
        """Return whether the driver has not arrived in time."""
        return not self.used and self.lapses < now

    def is_for(self, driver: Driver) -> bool:
        """Return whether it belongs to a driver, by reference or by token."""
        if self.emsp != driver.emsp:
            return False
        known = driver.reference.lower() == self.reference.lower() if driver.reference else False
        return known or driver.token in self.tokens


class _Agenda(msgspec.Struct):
    site: Site
    entries: list[ReservedPeriod]


class Agendas:
    """Keeps an agenda for each location. Each change is one transaction.

    Args:
        store: Where they are kept.
        clock: Returns the current time.
    """

    def __init__(self, store: ObjectStore, clock: Clock = utc_now) -> None:
        self._store = store
        self._clock = clock

    async def book(
        self, site: Site, wish: ReservedPeriod, evses: Sequence[str], *, one_each: bool
    ) -> str | None:
        """Reserve the first free EVSE; replace an earlier reservation of the same booking.

        Args:
            site: The location.
            wish: What is wanted.
            evses: The EVSEs that will do.
            one_each: Whether a token can have one booking at a time only.

        Returns:
            The EVSE; None where nothing is free, and what was kept stays.
        """
        now = to_micros(self._clock())
        found: str | None = None

        def change(entries: list[ReservedPeriod]) -> list[ReservedPeriod]:
            nonlocal found
            others = [each for each in entries if each.booking != wish.booking]
            meeting = [each for each in others if each.meets(wish) and not each.missed(now)]
            mine = (each.evse for each in entries if each.booking == wish.booking)
            found = _free(meeting, [*(each for each in mine if each in evses), *evses])
            if one_each and any(set(each.tokens) & set(wish.tokens) for each in meeting):
                found = None
            if found is None:
                return entries
            return [*others, msgspec.structs.replace(wish, evse=found)]

        await self._change(site, change)
        return found

    async def release(self, site: Site, booking: str) -> None:
        """Release the EVSE that is reserved for a booking."""
        await self._change(
            site, lambda entries: [each for each in entries if each.booking != booking]
        )

    async def booked_by_others(
        self, site: Site, driver: Driver, until: int | None = None
    ) -> frozenset[str]:
        """Return the EVSEs that are reserved for other drivers now or before ``until``."""
        now = to_micros(self._clock())
        return frozenset(
            each.evse.lower()
            for each in await self._entries(site)
            if each.start <= (until or now) and now < each.end
            if not each.used and not each.missed(now) and not each.is_for(driver)
        )

    async def use(self, site: Site, driver: Driver, evse: str) -> str | None:
        """Note that a driver has begun to charge, and return the booking.

        Of several bookings that the driver has now, it is the one of the EVSE.
        """
        now = to_micros(self._clock())
        found: str | None = None

        def change(entries: list[ReservedPeriod]) -> list[ReservedPeriod]:
            nonlocal found
            ready = [
                each
                for each in entries
                if each.opens <= now <= each.lapses and not each.used and each.is_for(driver)
            ]
            ready.sort(key=lambda each: each.evse.lower() != evse.lower())
            used = next(iter(ready), None)
            found = None if used is None else used.booking
            return [
                msgspec.structs.replace(each, used=True) if each is used else each
                for each in entries
            ]

        if await self._store.get(site.key) is not None:
            await self._change(site, change)
        return found

    async def lapsed(self, site: Site) -> list[str]:
        """Return the bookings whose drivers have not arrived in time."""
        now = to_micros(self._clock())
        return [each.booking for each in await self._entries(site) if each.missed(now)]

    async def due(self) -> AsyncIterator[Site]:
        """Yield the locations with drivers who have not arrived in time."""
        now = to_micros(self._clock())
        cursor, more = None, True
        while more:
            listing = Listing(module=AGENDAS, source=OWN, date_to=now, cursor=cursor)
            page = await self._store.page(listing)
            for raw in page.items:
                yield msgspec.json.decode(raw, type=_Agenda).site
            cursor, more = page.cursor, page.more

    async def _entries(self, site: Site) -> list[ReservedPeriod]:
        stored = await self._store.get(site.key)
        return [] if stored is None else _read(stored).entries

    async def _change(
        self, site: Site, make: Callable[[list[ReservedPeriod]], list[ReservedPeriod]]
    ) -> None:
        now = to_micros(self._clock())

        def change(old: Stored) -> Draft | None:
            before = _read(old).entries
            after = [each for each in make(before) if not (each.used and each.end < now)]
            return None if after == before else _draft(site, after)

        if await self._store.get(site.key) is None:
            with suppress(Duplicate):  # somebody else has just made it
                await self._store.add(_draft(site, []))
        await self._store.change(site.key, change)


def _free(meeting: Sequence[ReservedPeriod], evses: Sequence[str]) -> str | None:
    taken = {each.evse for each in meeting}
    return next((each for each in evses if each not in taken), None)


def _read(stored: Stored) -> _Agenda:
    return msgspec.json.decode(stored.raw, type=_Agenda)


def _draft(site: Site, entries: list[ReservedPeriod]) -> Draft:
    # In the place of its last change is when a driver is missed: so it is found by date.
    due = min((each.lapses for each in entries if not each.used), default=_NEVER)
    return Draft(site.key, msgspec.json.encode(_Agenda(site, entries)), due, "")
