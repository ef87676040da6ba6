"""Charge points of platforms that are fuzzed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ocpi_server.charging import NOT_AVAILABLE, Order, SimulatedChargePoints, StartOutcome


class AlwaysFreePoints(SimulatedChargePoints):
    """Charge points that name no EVSE, so that none is occupied by the commands before."""

    async def reserve(
        self, order: Order, evses: Sequence[tuple[str, str]], until: datetime
    ) -> StartOutcome:
        return replace(await super().reserve(order, evses, until), evse_uid=NOT_AVAILABLE)

    async def start(self, order: Order, evses: Sequence[tuple[str, str]]) -> StartOutcome:
        return replace(await super().start(order, evses), evse_uid=NOT_AVAILABLE)
