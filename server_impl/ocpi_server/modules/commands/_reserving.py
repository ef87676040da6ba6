"""RESERVE_NOW at charge points: one reservation of a name, even if two commands come at once."""

from datetime import datetime
from typing import Final
from uuid import uuid4

from ocpi_runtime.server import Context
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.charging import CommandOutcome
from ocpi_server.modules.commands.available_points import AvailableChargePoints
from ocpi_server.modules.commands.reservations import Reservation, Reservations
from ocpi_server.objects.command_fields import Command, CommandTarget
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.own_sessions import OwnSessions
from ocpi_server.objects.rules import holder_of

__all__ = ["Reserving"]

_REPLACED: Final = CommandOutcome(
    "REJECTED", "The reservation was replaced or cancelled meanwhile."
)


class Reserving:
    """Reserves EVSEs.

    Args:
        reservations: What was reserved.
        sessions: Our own sessions, each for its provider only.
        points: The charge points.
        book: Creates and changes sessions.
    """

    def __init__(
        self,
        reservations: Reservations,
        sessions: OwnObjects,
        points: AvailableChargePoints,
        book: OwnSessions,
    ) -> None:
        self._reservations, self._sessions = reservations, sessions
        self._points, self._book = points, book

    async def reserve(
        self, context: Context, command: Command, target: CommandTarget, until: datetime
    ) -> CommandOutcome:
        """Keep an EVSE for a driver, and let a reserved session become of it."""
        name, holder = command.text("reservation_id"), holder_of(context.partner)
        found = await self._reservations.find(holder, [command.token_owner], name)
        session_id = str(uuid4())
        if found is not None and await self._is_waiting(context, found[1].session_id):
            session_id = found[1].session_id
        order = command.order(context, target, session_id)
        done = await self._points.reserve(command, target, order, until)
        if not done.accepted:
            return done
        made = Reservation(target.owner, session_id, until)
        former = await self._reservations.keep(holder, command.token_owner, name, made)
        await self._book.reserve(command.session(target, session_id, done))
        if former is not None and former.session_id != session_id:
            await self._release(former)
        found = await self._reservations.find(holder, [command.token_owner], name)
        if found is not None and found[1].session_id == session_id:
            return done
        await self._release(made)
        return _REPLACED

    async def _release(self, known: Reservation) -> None:
        """End a reservation that has no name any more, unless its driver has come."""
        if await self._book.expire(known.owner, known.session_id) is not None:
            await self._points.points.cancel_reservation(known.session_id)

    async def _is_waiting(self, context: Context, session_id: str) -> bool:
        """Return whether the driver of a reservation has not arrived yet."""
        session = await self._sessions.find(context, session_id)
        return session is not None and text_field(fields(session.raw), "status") == "RESERVATION"
