"""Charge points of platforms that are fuzzed."""

from collections.abc import Sequence
from datetime import datetime

from ocpi_server.charging import Order, SimulatedChargePoints, StartOutcome


class AlwaysFreePoints(SimulatedChargePoints):
    """Every EVSE is free again at once, so that no command fails because of those before."""

    reserved = ""

    async def reserve(
        self, order: Order, evses: Sequence[tuple[str, str]], until: datetime
    ) -> StartOutcome:
        await self.cancel_reservation(self.reserved)
        self.reserved = order.session_id
        return await super().reserve(order, evses, until)

    async def start(self, order: Order, evses: Sequence[tuple[str, str]]) -> StartOutcome:
        done = await super().start(order, evses)
        await self.stop(done.session_id or order.session_id)
        return done
