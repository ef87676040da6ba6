"""What eMSPs reserved: their name for it, and the session that stands for it here."""

from dataclasses import dataclass

import msgspec

from ocpi_runtime.server import Partner
from ocpi_runtime.types import PartyId
from ocpi_server.clock import Clock, to_micros, utc_now
from ocpi_server.jsonbytes import fields, text_field
from ocpi_server.store import Draft, Key, ObjectStore

__all__ = ["Reservation", "Reservations"]

_MODULE = "reservations"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation as this platform knows it.

    Attributes:
        owner: The platform's party that runs the location.
        session_id: The session, whose id is what charge points are told: that of the eMSP might
            be used by another one too.
    """

    owner: PartyId
    session_id: str


class Reservations:
    """Keeps reservations; an eMSP finds only its own.

    Args:
        store: Where they are kept.
        clock: Tells the present instant.
    """

    def __init__(self, store: ObjectStore, clock: Clock = utc_now) -> None:
        self._store = store
        self._clock = clock

    async def keep(self, emsp: PartyId, name: str, known: Reservation, partner: Partner) -> None:
        """Note a reservation under the eMSP's name for it; one of the same name is replaced."""
        document = {
            "country_code": known.owner.country_code,
            "party_id": known.owner.party_id,
            "session_id": known.session_id,
        }
        key = Key.of(_MODULE, emsp, name)
        now = to_micros(self._clock())
        draft = Draft(key, msgspec.json.encode(document), now, "", source=partner.id)
        await self._store.put(draft)

    async def find(self, partner: Partner, name: str) -> Reservation | None:
        """Look up a reservation of a partner."""
        for party in sorted(partner.parties):
            found = await self._store.get(Key.of(_MODULE, party, name))
            if found is not None:
                parts = fields(found.raw)
                owner = PartyId(
                    text_field(parts, "country_code") or "", text_field(parts, "party_id") or ""
                )
                return Reservation(owner, text_field(parts, "session_id") or "")
        return None

    async def remove(self, partner: Partner, name: str) -> None:
        """Forget a reservation of a partner."""
        for party in sorted(partner.parties):
            await self._store.remove(Key.of(_MODULE, party, name))
