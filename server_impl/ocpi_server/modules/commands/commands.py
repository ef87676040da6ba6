"""Commands for charge points: checked, passed on, and answered when the result is there."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import uuid4

from ocpi_runtime.codec import parse_timestamp
from ocpi_runtime.server import Context
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import Clock, utc_now
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.async_requests.results import DeferredResult, ResultSender
from ocpi_server.charging import NOT_AVAILABLE, CommandOutcome, Order, StartOutcome
from ocpi_server.modules.commands._reserving import Reserving
from ocpi_server.modules.commands._targets import find_target
from ocpi_server.modules.commands.available_points import AvailableChargePoints
from ocpi_server.modules.commands.reservations import Reservations
from ocpi_server.modules.commands.session_ids import SessionIds
from ocpi_server.objects.command_fields import Command, CommandTarget, require_connector
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.own_sessions import OwnSessions
from ocpi_server.objects.rules import holder_of
from ocpi_server.store import Stored

__all__ = ["Commands"]

Document = dict[str, Any]

_LONGEST_TEXT: Final = 512
"""How long a DisplayText of OCPI may be."""


class Commands:
    """Takes commands from eMSPs and passes them to the charge points. A CPO's side.

    Args:
        locations: Our own locations.
        sessions: Our own sessions, each for its provider only.
        reservations: What was reserved.
        ids: Gives the ids of sessions that eMSPs choose.
        points: The charge points.
        book: Creates and changes sessions.
        results: Sends results.
        clock: Returns the current time.
    """

    def __init__(
        self,
        *,
        locations: OwnObjects,
        sessions: OwnObjects,
        reservations: Reservations,
        ids: SessionIds,
        points: AvailableChargePoints,
        book: OwnSessions,
        results: ResultSender,
        clock: Clock = utc_now,
    ) -> None:
        self._locations = locations
        self._sessions = sessions
        self._reservations = reservations
        self._open = points
        self._points = points.points
        self._book = book
        self._results = results
        self._clock = clock
        self._ids = ids
        self._reserving = Reserving(reservations, sessions, points, book)

    async def start_session(self, context: Context, raw: Raw) -> Raw:
        """START_SESSION: begin to charge, and let a session become of it.

        Raises:
            UnknownLocation: Location, EVSE or connector are not ours.
            InvalidParameters: The response URL is refused, or a connector is without EVSE.
        """
        command = Command(raw)
        self._results.urls.check(context, command.response_url)
        if not command.by_owner(context):
            return self._results.answer("REJECTED", "You are not the owner of the token.")
        target = await find_target(self._locations, context, command)
        require_connector(target)

        async def act() -> Document:
            async with self._session_id(command) as session_id:
                order = command.order(context, target, session_id)
                done = await self._open.start(command, target, order)
                if done.accepted:
                    await self._begin(context, command, target, order, done)
            return _result(done)

        return await self._accept(context, "START_SESSION", command, act)

    async def stop_session(self, context: Context, raw: Raw) -> Raw:
        """STOP_SESSION: end a session of the partner.

        Raises:
            InvalidParameters: The response URL is refused.
        """
        command = Command(raw)
        self._results.urls.check(context, command.response_url)
        session = await self._sessions.find(context, command.text("session_id"))
        if session is None or not _is_running(session):
            return self._results.answer("UNKNOWN_SESSION")
        owner = PartyId(session.key.country_code, session.key.party_id)
        session_id = text_field(fields(session.raw), "id") or ""

        async def act() -> Document:
            done = await self._points.stop(session_id)
            if done.accepted:
                await self._book.complete(owner, session_id)
            return _result(done)

        return await self._accept(context, "STOP_SESSION", command, act)

    async def reserve_now(self, context: Context, raw: Raw) -> Raw:
        """RESERVE_NOW: keep an EVSE for a driver, and let a reserved session become of it.

        Raises:
            UnknownLocation: Location or EVSE are not ours.
            InvalidParameters: The response URL is refused.
        """
        command = Command(raw)
        self._results.urls.check(context, command.response_url)
        if not command.by_owner(context):
            return self._results.answer("REJECTED", "You are not the owner of the token.")
        target = await find_target(self._locations, context, command)
        until = parse_timestamp(command.text("expiry_date"))
        if until <= self._clock():
            return self._results.answer("REJECTED", "expiry_date is in the past.")

        async def act() -> Document:
            return _result(await self._reserving.reserve(context, command, target, until))

        return await self._accept(context, "RESERVE_NOW", command, act)

    async def cancel_reservation(self, context: Context, raw: Raw) -> Raw:
        """CANCEL_RESERVATION: release what the partner reserved.

        Raises:
            InvalidParameters: The response URL is refused.
        """
        command = Command(raw)
        self._results.urls.check(context, command.response_url)
        name = command.text("reservation_id")
        found = await self._reservations.find(holder_of(context.partner), _emsps(context), name)
        if found is None:
            return self._results.answer("REJECTED", f"Reservation {name} not found.")
        key, known = found

        async def act() -> Document:
            done = await self._points.cancel_reservation(known.session_id)
            if done.accepted:
                await self._book.complete(known.owner, known.session_id)
                await self._reservations.forget(key)
            return _result(done)

        return await self._accept(context, "CANCEL_RESERVATION", command, act)

    async def unlock_connector(self, context: Context, raw: Raw) -> Raw:
        """UNLOCK_CONNECTOR: free a cable that is stuck.

        Raises:
            UnknownLocation: Location, EVSE or connector are not ours.
            InvalidParameters: The response URL is refused.
        """
        command = Command(raw)
        self._results.urls.check(context, command.response_url)
        target = await find_target(self._locations, context, command)

        async def act() -> Document:
            place = (target.location_id, target.evse_uid or "", target.connector_id or "")
            session_id = await self._open.session_at(target)
            if session_id and await self._sessions.find(context, session_id) is None:
                return _result(CommandOutcome("REJECTED", "Another driver's session is running."))
            return _result(await self._points.unlock(*place))

        return await self._accept(context, "UNLOCK_CONNECTOR", command, act)

    async def expire(self) -> int:
        """End the reservations that are over: their sessions, if no driver came, and their names.

        Returns:
            How many there were.
        """
        count = 0
        async for key, known in self._reservations.over():
            await self._book.expire(known.owner, known.session_id)
            await self._reservations.end(key)
            count += 1
        return count

    async def send_owed(self) -> None:
        """Send results, or a TIMEOUT, for what a process accepted that has ended."""
        await self._results.resume()

    async def _accept(
        self,
        context: Context,
        kind: str,
        command: Command,
        act: Callable[[], Awaitable[Document]],
    ) -> Raw:
        return await self._results.accept(
            context,
            DeferredResult(
                kind=kind,
                response_url=command.response_url,
                post="commands.post_command_result",
                act=act,
                late={"result": "TIMEOUT"},
                failed={"result": "FAILED"},
                size=command.size,
            ),
        )

    @asynccontextmanager
    async def _session_id(self, command: Command) -> AsyncIterator[str]:
        """Choose the id of a session, which nobody else gets until it has begun.

        It is the reference of the eMSP, if that is free: so the eMSP knows the session at once.
        """
        wanted, other = command.maybe("authorization_reference"), str(uuid4())
        if not wanted or wanted == NOT_AVAILABLE:
            yield other
            return
        async with self._ids.claimed(wanted) as is_ours:
            yield wanted if is_ours and await self._sessions.is_free(wanted) else other

    async def _begin(
        self,
        context: Context,
        command: Command,
        target: CommandTarget,
        order: Order,
        done: StartOutcome,
    ) -> Raw:
        reserved = done.session_id and await self._sessions.find(context, done.session_id)
        if reserved:
            return await self._book.activate(command.session(target, done.session_id, done))
        return await self._book.begin(command.session(target, order.session_id, done))


def _emsps(context: Context) -> list[PartyId]:
    """Return the eMSPs whose reservation a partner may mean, the requesting one first."""
    return sorted(context.partner.parties, key=lambda each: (each != context.from_party, each))


def _result(done: CommandOutcome) -> Document:
    document: Document = {"result": done.result}
    if done.message:
        text = done.message[:_LONGEST_TEXT]
        document["message"] = [{"language": "en", "text": text}]
    return document


def _is_running(session: Stored) -> bool:
    return _status(session) in {"ACTIVE", "PENDING", "RESERVATION"}


def _status(session: Stored) -> str | None:
    return text_field(fields(session.raw), "status")
