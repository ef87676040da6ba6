"""The sessions that charge points of this platform run. A CPO's side."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.errors import NotFound
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import Clock, after, utc_now
from ocpi_server._jsonbytes import assemble, fields, text_field
from ocpi_server.objects.own_object_writer import OwnObjectWriter, instants, stamped
from ocpi_server.store import Announcement

__all__ = ["AnnouncedSessions", "NewSession", "OwnSessions"]

AnnounceSession = Callable[[str], Awaitable[Announcement]]
"""Finds the partners that must be sent a session, from its audience."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """What a session begins with.

    Attributes:
        owner: The platform's party that runs the location.
        session_id: Its id.
        token: The Token of the command, as JSON text.
        location_id: Where.
        evse_uid: Where exactly.
        connector_id: Where exactly.
        reference: The authorization reference of the command, if there was one.
    """

    owner: PartyId
    session_id: str
    token: bytes
    location_id: str
    evse_uid: str
    connector_id: str
    reference: str | None = None


class OwnSessions:
    """Creates sessions and moves them through their states.

    Args:
        book: Writes own objects.
        currency: The currency of sessions (ISO 4217).
        announce: Finds the partners that must be sent a session, from its audience.
        clock: Returns the current time.
    """

    def __init__(
        self,
        book: OwnObjectWriter,
        currency: str,
        announce: AnnounceSession,
        clock: Clock = utc_now,
    ) -> None:
        self._book = book
        self._announce = announce
        self._currency = currency
        self._clock = clock

    async def begin(self, new: NewSession) -> Raw:
        """Create an ACTIVE session.

        Raises:
            Duplicate: There is a session of this id.
        """
        raw = Raw(_written(new, "ACTIVE", self._currency, self._clock()))
        draft = self._book.draft("sessions", raw)
        await self._book.add(draft, await self._announce(draft.audience))
        return raw

    async def reserve(self, new: NewSession) -> Raw:
        """Create a session that is a RESERVATION, or replace the one that is there."""
        now = self._clock()

        def edit(old: bytes) -> bytes:
            return _written(new, "RESERVATION", self._currency, _moment(old, now))

        try:
            return await self._change(new.owner, new.session_id, edit)
        except NotFound:
            raw = Raw(_written(new, "RESERVATION", self._currency, now))
            audience = self._book.draft("sessions", raw).audience
            await self._book.put("sessions", raw, announcement=await self._announce(audience))
            return raw

    async def activate(self, new: NewSession) -> Raw:
        """Set a reserved session to ACTIVE, as the driver has arrived."""
        now = self._clock()

        def edit(old: bytes) -> bytes:
            moment = _moment(old, now)
            started = {
                "start_date_time": _text(format_timestamp(moment)),
                "status": _text("ACTIVE"),
                "evse_uid": _text(new.evse_uid),
                "connector_id": _text(new.connector_id),
            }
            if new.reference is not None:
                started["authorization_reference"] = _text(new.reference)
            parts = fields(old)
            parts.pop("end_date_time", None)  # the reservation ended just now, too late
            return stamped(assemble(parts), started, moment)

        return await self._change(new.owner, new.session_id, edit)

    async def complete(self, owner: PartyId, session_id: str) -> Raw:
        """End a session; one that has ended stays as it is."""

        def edit(old: bytes) -> bytes:
            return old if _status(old) == "COMPLETED" else self._ended(old)

        return await self._change(owner, session_id, edit)

    async def expire(self, owner: PartyId, session_id: str) -> Raw | None:
        """Complete a session whose driver did not come; None where one did, or it is not there."""
        waited = False

        def edit(old: bytes) -> bytes:
            nonlocal waited
            waited = _status(old) == "RESERVATION"
            return self._ended(old) if waited else old

        try:
            session = await self._change(owner, session_id, edit)
        except NotFound:
            return None
        return session if waited else None

    async def _change(self, owner: PartyId, session_id: str, edit: Callable[[bytes], bytes]) -> Raw:
        """Change a session, and note the change for its provider."""
        change = self._book.change_announced
        session, _ = await change("sessions", owner, session_id, edit, self._announce)
        return session

    def _ended(self, session: bytes) -> bytes:
        moment = _moment(session, self._clock())
        end = _text(format_timestamp(moment))
        return stamped(session, {"status": _text("COMPLETED"), "end_date_time": end}, moment)


def _written(new: NewSession, status: str, currency: str, now: datetime) -> bytes:
    instant = format_timestamp(now)
    token = fields(new.token)
    names = ("country_code", "party_id", "uid", "type", "contract_id")
    session: dict[str, Any] = {
        "country_code": new.owner.country_code,
        "party_id": new.owner.party_id,
        "id": new.session_id,
        "start_date_time": instant,
        "kwh": 0,
        "cdr_token": {name: token[name] for name in names},
        "auth_method": "COMMAND",
        "location_id": new.location_id,
        "evse_uid": new.evse_uid,
        "connector_id": new.connector_id,
        "currency": currency,
        "status": status,
        "last_updated": instant,
    }
    if new.reference is not None:
        session["authorization_reference"] = new.reference
    return msgspec.json.encode(session)


def _moment(session: bytes, now: datetime) -> datetime:
    """Return when a session changes: now, or after all its timestamps if the clock is behind."""
    return after(now, *instants(session, "last_updated", "start_date_time", "end_date_time"))


def _status(session: bytes) -> str | None:
    return text_field(fields(session), "status")


def _text(value: str) -> bytes:
    return msgspec.json.encode(value)


class AnnouncedSessions(OwnSessions):
    """Own sessions whose begin is reported, so that what was booked is known to be used.

    Args:
        book: Writes own objects.
        currency: The currency of sessions (ISO 4217).
        announce: Finds the partners that must be sent a session, from its audience.
        clock: Returns the current time.
        began: Called with each session that has become ACTIVE.
    """

    def __init__(
        self,
        book: OwnObjectWriter,
        currency: str,
        announce: AnnounceSession,
        clock: Clock,
        began: Callable[[bytes], Awaitable[None]],
    ) -> None:
        super().__init__(book, currency, announce, clock)
        self._began = began

    async def begin(self, new: NewSession) -> Raw:
        """Create an ACTIVE session.

        Raises:
            Duplicate: There is a session of this id.
        """
        session = await super().begin(new)
        await self._began(session)
        return session

    async def activate(self, new: NewSession) -> Raw:
        """Set a reserved session to ACTIVE."""
        session = await super().activate(new)
        await self._began(session)
        return session
