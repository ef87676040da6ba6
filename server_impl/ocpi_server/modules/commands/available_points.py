"""Charge points, of which some EVSEs are kept for those who booked them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from ocpi_server.charging import ChargePoints, Order, StartOutcome
from ocpi_server.objects.command_fields import Command, CommandTarget

__all__ = ["AvailableChargePoints"]

Kept = Callable[[Command, CommandTarget, datetime | None], Awaitable[frozenset[str]]]
Ask = Callable[[Sequence[tuple[str, str]]], Awaitable[StartOutcome]]

_BOOKED: Final = StartOutcome("EVSE_OCCUPIED", "All EVSEs are booked for other drivers.")


class AvailableChargePoints:
    """Passes on what begins sessions, without the EVSEs that are kept for other drivers.

    Args:
        points: The charge points.
        kept: Returns the EVSEs that are reserved for others now or before a time, in lower case.
    """

    def __init__(self, points: ChargePoints, kept: Kept) -> None:
        self.points = points
        self._kept = kept

    async def start(self, command: Command, target: CommandTarget, order: Order) -> StartOutcome:
        """Begin to charge."""
        return await self._ask(
            command, target, None, lambda choices: self.points.start(order, choices)
        )

    async def reserve(
        self, command: Command, target: CommandTarget, order: Order, until: datetime
    ) -> StartOutcome:
        """Keep an EVSE for a driver."""
        return await self._ask(
            command, target, until, lambda choices: self.points.reserve(order, choices, until)
        )

    async def _ask(
        self, command: Command, target: CommandTarget, until: datetime | None, ask: Ask
    ) -> StartOutcome:
        kept = await self._kept(command, target, until)
        choices = target.choices(kept)
        return _BOOKED if kept and not choices else await ask(choices)
