"""Charge points, of which some EVSEs are kept for those who booked, reserved or use them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from ocpi_server.charging import NOT_AVAILABLE, ChargePoints, Order, StartOutcome
from ocpi_server.modules.commands.occupied_evses import OccupiedEvses
from ocpi_server.objects.command_fields import Command, CommandTarget

__all__ = ["AvailableChargePoints"]

Kept = Callable[[Command, CommandTarget, datetime | None], Awaitable[frozenset[str]]]
Ask = Callable[[Order, Sequence[tuple[str, str]]], Awaitable[StartOutcome]]

_OCCUPIED: Final = "EVSE_OCCUPIED"
_BOOKED: Final = StartOutcome(_OCCUPIED, "All EVSEs are booked for other drivers.")
_IN_USE: Final = StartOutcome(_OCCUPIED, "All EVSEs are occupied.")


class AvailableChargePoints:
    """Passes on what begins sessions, an EVSE at a time, without those that others have.

    Args:
        points: The charge points.
        kept: Returns the EVSEs that are reserved for others now or before a time, in lower case.
        occupied: Gives each EVSE to one driver at a time.
    """

    def __init__(self, points: ChargePoints, kept: Kept, occupied: OccupiedEvses) -> None:
        self.points = points
        self._kept = kept
        self._occupied = occupied

    async def start(self, command: Command, target: CommandTarget, order: Order) -> StartOutcome:
        """Begin to charge, at the EVSE that the driver reserved if there is one."""
        return await self._ask(command, target, order, None, self.points.start)

    async def reserve(
        self, command: Command, target: CommandTarget, order: Order, until: datetime
    ) -> StartOutcome:
        """Keep an EVSE for a driver."""

        async def ask(order: Order, choices: Sequence[tuple[str, str]]) -> StartOutcome:
            return await self.points.reserve(order, choices, until)

        return await self._ask(command, target, order, until, ask)

    async def session_at(self, target: CommandTarget) -> str | None:
        """Return the session that is running at an EVSE."""
        return await self._occupied.session_at(target)

    async def _ask(
        self,
        command: Command,
        target: CommandTarget,
        order: Order,
        until: datetime | None,
        ask: Ask,
    ) -> StartOutcome:
        kept = await self._kept(command, target, until)
        choices = target.choices(kept)
        if not choices:
            return _BOOKED if kept else await ask(order, choices)
        done = _IN_USE
        for one in await self._occupied.sorted(target, order, choices, begun=until is None):
            done = await self._ask_for(target, order, one, until, ask) or done
            if done.result != _OCCUPIED:
                break
        return done

    async def _ask_for(
        self,
        target: CommandTarget,
        order: Order,
        choice: tuple[str, str],
        until: datetime | None,
        ask: Ask,
    ) -> StartOutcome | None:
        """Request one EVSE; return None where another driver has it."""
        taken = await self._occupied.take(target, choice[0], order, until)
        if taken is None:
            return None
        accepted = False
        try:
            done = await ask(replace(order, session_id=taken.session_id), [choice])
            accepted = done.accepted
        finally:
            if not accepted:
                await self._occupied.release(taken)
        if taken.was_reserved and not done.session_id:
            done = replace(done, session_id=taken.session_id)
        return _at(choice, done)


def _at(choice: tuple[str, str], done: StartOutcome) -> StartOutcome:
    """Return an outcome at the EVSE that was offered, the only one that is taken for the driver."""
    connector = choice[1] if done.connector_id == NOT_AVAILABLE else done.connector_id
    return replace(done, evse_uid=choice[0], connector_id=connector)
