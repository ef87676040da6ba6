"""What eMSPs reserved: their name for it, until when, and the session that stands for it here."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, from_micros, to_micros, utc_now
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.store import OWN, Draft, Duplicate, Key, ObjectStore, Stored

__all__ = ["Reservation", "Reservations"]

_MODULE: Final = "reservations"
_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation as this platform knows it.

    Attributes:
        owner: The platform's party that runs the location.
        session_id: The session, whose id is sent to charge points: that of the eMSP might
            be used by another one too.
        until: When it ends, whether the driver has come or not.
    """

    owner: PartyId
    session_id: str
    until: datetime


class Reservations:
    """Keeps reservations; an eMSP finds only its own.

    Args:
        store: Where they are kept.
        clock: Returns the current time.
    """

    def __init__(self, store: ObjectStore, clock: Clock = utc_now) -> None:
        self._store = store
        self._clock = clock

    async def keep(
        self, holder: str, emsp: PartyId, name: str, known: Reservation
    ) -> Reservation | None:
        """Note a reservation under the eMSP's name for it; return the one that it replaces.

        Args:
            holder: The registration that it belongs to.
            emsp: Who reserved.
            name: What it is called there.
            known: The reservation.
        """
        document = {
            "country_code": known.owner.country_code,
            "party_id": known.owner.party_id,
            "session_id": known.session_id,
        }
        key = Key.of(_MODULE, emsp, name, holder)
        # The end is where other objects have last_updated: what is over is found by it. An
        # earlier end replaces a later one as well.
        draft = Draft(key, msgspec.json.encode(document), to_micros(known.until), "", source=OWN)
        while True:
            former = await self._store.change(key, lambda _old: draft)
            if former is not None:
                return _reservation(former)
            try:
                await self._store.add(draft)
            except Duplicate:  # another process was first: it is replaced now
                continue
            return None

    async def find(
        self, holder: str, emsps: Iterable[PartyId], name: str
    ) -> tuple[Key, Reservation] | None:
        """Look up a reservation of the first of some eMSPs that has one of this name.

        One that is over is none any more.

        Args:
            holder: The registration that it must belong to.
            emsps: Some parties of it.
            name: What the reservation is called there.
        """
        for party in emsps:
            found = await self._store.get(Key.of(_MODULE, party, name, holder))
            if found is not None and _reservation(found).until > self._clock():
                return found.key, _reservation(found)
        return None

    async def over(self) -> AsyncIterator[tuple[Key, Reservation]]:
        """Yield expired reservations, at most a hundred.

        Each is looked at again: a name may stand for another reservation by the time it is reached.
        """
        now = to_micros(self._clock())
        for each in await self._store.get_oldest(_MODULE, OWN, now, _MOST):
            found = await self._store.get(each.key)
            if found is not None and found.last_updated <= now:
                yield each.key, _reservation(found)

    async def end(self, key: Key) -> None:
        """Forget a reservation, if it is still over."""
        found = await self._store.get(key)
        if found is not None:
            owner = PartyId(key.country_code, key.party_id)
            after_now = to_micros(self._clock()) + 1
            await self._store.drop([found.seq], OWN, after_now, [owner])

    async def forget(self, key: Key) -> None:
        """Forget a reservation."""
        await self._store.remove(key)


def _reservation(stored: Stored) -> Reservation:
    parts = fields(stored.raw)
    country, party = text_field(parts, "country_code"), text_field(parts, "party_id")
    session_id = text_field(parts, "session_id") or ""
    until = from_micros(stored.last_updated)
    return Reservation(PartyId(country or "", party or ""), session_id, until)
