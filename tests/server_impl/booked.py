"""A CPO with something to be booked, and an eMSP that books it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from ocpi_bindings.v2_3_0.clients.bookings import BookingsClient
from ocpi_runtime.types import Raw
from ocpi_server.partners import PartnerRecord
from tests.server_impl.pair import CPO, EMSP, Pair, Served, evse, introduce, location, served
from tests.server_impl.samples import place

VERSIONS = ("2.2.1", "2.3.0")


@dataclass
class ManualClock:
    """A clock that is set by hand."""

    now: datetime = field(default=datetime(2030, 4, 30, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def at(self, text: str) -> None:
        """Set the time of the day that can be booked."""
        self.now = datetime.fromisoformat(f"2030-05-01T{text}:00Z")


@dataclass
class BookingPair:
    """The two, registered with each other.

    Attributes:
        pair: Both.
        clock: The clock of the CPO.
    """

    pair: Pair
    clock: ManualClock

    @property
    def cpo(self) -> Any:
        return self.pair.cpo.platform

    @property
    def emsp(self) -> Any:
        return self.pair.emsp.platform

    @property
    def at_cpo(self) -> BookingsClient:
        """Calls the CPO."""
        return bookings(self.pair.emsp, self.pair.at_emsp)

    @property
    def at_emsp(self) -> BookingsClient:
        """Calls the eMSP."""
        return bookings(self.pair.cpo, self.pair.at_cpo)

    async def put(self, *evses: str, **more: Any) -> None:
        """Create a location with these EVSEs, and a booking location there."""
        put = self.cpo.put_own
        await put("locations", text(location(evses=[evse(uid) for uid in evses])))
        await self.cpo.bookings.publisher.place(text(place(**more)))
        await self.cpo.pushed()

    async def book(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request and wait for the decision."""
        raw = await self.emsp.bookings.user.book(self.pair.at_emsp, text(request))
        booking: dict[str, Any] = msgspec.json.decode(raw)
        return booking

    async def stored(self, uid: str) -> Any:
        """Return a booking as the eMSP knows it, once all is sent."""
        await self.cpo.settled()
        return await self.at_emsp.get_stored_booking(*CPO.id, uid)


def bookings(at: Served, partner: PartnerRecord) -> BookingsClient:
    """Return the client of a partner."""
    peer: Any = at.platform.clients.peer(partner)
    found: BookingsClient = peer.bookings
    return found


@asynccontextmanager
async def booked(directory: Path, **settings: Any) -> AsyncIterator[BookingPair]:
    """Serve both."""
    clock = ManualClock()
    async with (
        served(directory / "cpo", CPO, versions=VERSIONS, clock=clock, **settings) as cpo,
        served(directory / "emsp", EMSP, versions=VERSIONS) as emsp,
    ):
        yield BookingPair(await introduce(cpo, emsp), clock)


def text(value: dict[str, Any]) -> Raw:
    """Write an object."""
    return Raw(msgspec.json.encode(value))


def states(booking: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the state of a booking, and of the requests about it."""
    return booking["reservation_status"], [
        each["request_status"] for each in booking["booking_requests"]
    ]
