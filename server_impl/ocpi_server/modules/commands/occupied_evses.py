"""Which EVSEs are occupied: kept in the store, so that several processes give each away once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, from_micros, to_micros, utc_now
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.charging import Order
from ocpi_server.objects.command_fields import CommandTarget
from ocpi_server.store import Draft, Duplicate, Key, ObjectStore, Stored

__all__ = ["OccupiedEvses", "TakenEvse"]

_MODULE: Final = "occupied_evses"
_ATTEMPTS: Final = 5
"""After so many others came first, one of them has the EVSE."""
_RUNNING: Final = frozenset({"ACTIVE", "PENDING"})
_MARGIN: Final = timedelta(seconds=5)


class _Occupant(msgspec.Struct, frozen=True):
    """Who has an EVSE.

    Attributes:
        session_id: The session.
        driver: Who charges or reserved, as one text.
        taken: When the EVSE was taken, in microseconds; counts until the session is there.
        until: When a reservation ends, in microseconds.
        begun: Whether the driver has come.
    """

    session_id: str
    driver: str
    taken: int
    until: int
    begun: bool


@dataclass(frozen=True, slots=True)
class TakenEvse:
    """An EVSE that was taken.

    Attributes:
        session_id: The session that has it: that of the order, or of the driver's reservation.
        was_reserved: Whether the driver had reserved it.
        key: Where it is noted.
        text: What is noted.
        before: What was noted before, if anything.
    """

    session_id: str
    was_reserved: bool
    key: Key
    text: bytes
    before: Stored | None


class _Changed(Exception):
    """Another one has taken or left the EVSE meanwhile."""


class OccupiedEvses:
    """Gives EVSEs away, each to one driver at a time.

    What is noted of an EVSE counts as long as its session is running there, so nothing needs to
    be freed: a session may end in whatever way.

    Args:
        store: Where they are noted, beside the sessions.
        seconds: How long a charge point may take until a session becomes of an order.
        clock: Returns the current time.
    """

    def __init__(self, store: ObjectStore, seconds: float, clock: Clock = utc_now) -> None:
        self._store = store
        self._wait = timedelta(seconds=seconds) + _MARGIN
        self._clock = clock

    async def sorted(
        self,
        target: CommandTarget,
        order: Order,
        choices: Sequence[tuple[str, str]],
        *,
        begun: bool,
    ) -> list[tuple[str, str]]:
        """Return EVSEs and connectors in their order, those first that the order has reserved.

        Args:
            target: The location.
            order: Who wants one of them.
            choices: EVSEs and connectors.
            begun: Whether the driver has come, to charge.
        """
        keys = {uid: _key(target, uid) for uid, _ in choices}
        noted = {each.key: _occupant(each) for each in await self._store.get_any([*keys.values()])}
        own = {
            uid
            for uid, key in keys.items()
            if key in noted and _is_reserved(noted[key], order, begun=begun)
        }
        return sorted(choices, key=lambda each: each[0] not in own)

    async def take(
        self, target: CommandTarget, evse_uid: str, order: Order, until: datetime | None = None
    ) -> TakenEvse | None:
        """Take an EVSE for a driver.

        Args:
            target: The location.
            evse_uid: The EVSE.
            order: Who wants it.
            until: When a reservation ends; None to charge.

        Returns:
            None where another driver has it.
        """
        key = _key(target, evse_uid)
        for _ in range(_ATTEMPTS):
            found = await self._store.get(key)
            reserved = None
            if found is not None and await self._counts(found):
                reserved = _occupant(found)
                if not _is_reserved(reserved, order, begun=until is None):
                    return None
            try:
                return await self._note(key, found, reserved, order, until)
            except (_Changed, Duplicate):
                continue
        return None

    async def session_at(self, target: CommandTarget) -> str | None:
        """Return the session that is running at the EVSE of a target."""
        found = await self._store.get(_key(target, target.evse_uid or ""))
        if found is None or not await self._counts(found):
            return None
        occupant = _occupant(found)
        return occupant.session_id if occupant.begun else None

    async def release(self, taken: TakenEvse) -> None:
        """Leave an EVSE as it was before, as nothing became of the order."""
        before = taken.before
        text = _FREE if before is None else bytes(before.raw)
        until = 0 if before is None else before.last_updated
        await self._replace(taken.key, taken.text, Draft(taken.key, text, until, ""))

    async def _note(
        self,
        key: Key,
        found: Stored | None,
        reserved: _Occupant | None,
        order: Order,
        until: datetime | None,
    ) -> TakenEvse:
        now = self._clock()
        end = to_micros(until or now + self._wait)
        session_id = order.session_id if reserved is None else reserved.session_id
        occupant = _Occupant(session_id, _driver(order), to_micros(now), end, begun=until is None)
        text = msgspec.json.encode(occupant)
        draft = Draft(key, text, end, "")
        if found is None:
            await self._store.add(draft)
        elif not await self._replace(key, bytes(found.raw), draft):
            raise _Changed
        return TakenEvse(session_id, reserved is not None, key, text, found)

    async def _replace(self, key: Key, expected: bytes, draft: Draft) -> bool:
        def change(old: Stored) -> Draft:
            if bytes(old.raw) != expected:
                raise _Changed
            return draft

        try:
            return await self._store.change(key, change) is not None
        except _Changed:
            return False

    async def _counts(self, noted: Stored) -> bool:
        """Return whether an EVSE is occupied by what is noted of it."""
        occupant = _occupant(noted)
        owner = PartyId(noted.key.country_code, noted.key.party_id)
        now = self._clock()
        session = await self._store.get(Key.of("sessions", owner, occupant.session_id))
        if session is None:
            return from_micros(occupant.taken) + self._wait > now
        parts = fields(session.raw)
        place = [(text_field(parts, name) or "").lower() for name in ("location_id", "evse_uid")]
        if place != [noted.key.uid, noted.key.variant]:
            return False
        status = text_field(parts, "status")
        return status in _RUNNING or (status == "RESERVATION" and from_micros(occupant.until) > now)


def _key(target: CommandTarget, evse_uid: str) -> Key:
    return Key.of(_MODULE, target.owner, target.location_id, evse_uid.lower())


def _occupant(noted: Stored) -> _Occupant:
    return msgspec.json.decode(noted.raw, type=_Occupant)


def _is_reserved(occupant: _Occupant, order: Order, *, begun: bool) -> bool:
    """Return whether an EVSE is reserved for an order: that of the driver, or of its session."""
    if occupant.begun:
        return False
    if begun:
        return occupant.driver == _driver(order)
    return occupant.session_id == order.session_id


def _driver(order: Order) -> str:
    owner = order.token_owner
    return "/".join((order.registration, str(owner), order.token_type, order.token_uid.lower()))


_FREE: Final = msgspec.json.encode(_Occupant("", "", 0, 0, begun=False))
