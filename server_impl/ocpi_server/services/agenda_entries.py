"""What stands in the agenda of a location: who may charge where, and when."""

from typing import Final, NamedTuple

import msgspec

from ocpi_runtime.types import PartyId
from ocpi_server.store import Key

__all__ = ["AGENDAS", "Driver", "Entry", "Site"]

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


class Entry(msgspec.Struct, frozen=True, kw_only=True):
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

    def meets(self, other: "Entry") -> bool:
        """Tell whether two periods have a moment in common."""
        return self.start < other.end and other.start < self.end

    def missed(self, now: int) -> bool:
        """Tell whether the driver has not come in time."""
        return not self.used and self.lapses < now

    def is_for(self, driver: Driver) -> bool:
        """Tell whether it is a driver's, by the reference or by the token."""
        if self.emsp != driver.emsp:
            return False
        known = driver.reference.lower() == self.reference.lower() if driver.reference else False
        return known or driver.token in self.tokens
