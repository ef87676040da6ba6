"""Charge points of platforms that are fuzzed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.types import PartyId
from ocpi_server import Platform
from ocpi_server.charging import (
    NOT_AVAILABLE,
    CommandOutcome,
    Order,
    SimulatedChargePoints,
    StartOutcome,
)
from ocpi_server.store import OWN, Key, Listing, audience_of
from tests.server_impl.samples import cdr


class AlwaysFreePoints(SimulatedChargePoints):
    """Charge points that name no EVSE, so that none is occupied by the commands before."""

    async def reserve(
        self, order: Order, evses: Sequence[tuple[str, str]], until: datetime
    ) -> StartOutcome:
        return replace(await super().reserve(order, evses, until), evse_uid=NOT_AVAILABLE)

    async def start(self, order: Order, evses: Sequence[tuple[str, str]]) -> StartOutcome:
        return replace(await super().start(order, evses), evse_uid=NOT_AVAILABLE)


class BillingPoints(SimulatedChargePoints):
    """Charge points whose sessions have a CDR once they were stopped.

    Attributes:
        platform: Whose they are; until it is known, no CDR is made.
        owner: Its party.
        provider: The eMSP of the sessions.
    """

    platform: Platform | None = None
    owner: PartyId
    provider: PartyId

    def __init__(self, delay: float = 0.0) -> None:
        super().__init__(delay=delay)
        self._bills: list[Key] = []

    async def stop(self, session_id: str) -> CommandOutcome:
        if self.platform is not None:
            await self._bill(self.platform, session_id)
        return await super().stop(session_id)

    async def _bill(self, platform: Platform, session_id: str) -> None:
        """Make the CDR of a session."""
        known = await platform.parts.store.get(Key.of("sessions", self.owner, session_id))
        read = {} if known is None else msgspec.json.decode(known.raw)
        found = read.get("authorization_reference")
        more = {"authorization_reference": found} if found else {}
        more |= {"session_id": session_id, "last_updated": format_timestamp(datetime.now(UTC))}
        self._bills.append(Key.of("cdrs", self.owner, f"C-{session_id}"[:36]))
        one = cdr(self._bills[-1].uid, owner=self.owner, provider=self.provider, **more)
        await platform.put_own("cdrs", msgspec.json.encode(one))

    async def free(self) -> None:
        """End the sessions that a check has left, so that their EVSEs are free; forget its CDRs."""
        if self.platform is None:
            return
        while self._bills:
            await self.platform.parts.store.remove(self._bills.pop())
        for_provider = (audience_of(self.provider),)
        listing = Listing(module="sessions", source=OWN, audiences=for_provider, limit=1000)
        for raw in (await self.platform.parts.store.page(listing)).items:
            one = msgspec.json.decode(raw)
            if one["status"] in {"ACTIVE", "PENDING", "RESERVATION"} and one["id"][:1] != "S":
                ended = {"status": "COMPLETED", "last_updated": format_timestamp(datetime.now(UTC))}
                await self.platform.put_own("sessions", msgspec.json.encode({**one, **ended}))
