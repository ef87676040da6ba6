"""Charging preferences of drivers for the sessions of this platform. A CPO's side."""

from typing import Final

import msgspec

from ocpi_runtime.errors import InvalidParameters, NotFound, Violation
from ocpi_runtime.server import Context
from ocpi_runtime.types import Raw
from ocpi_server._clock import Clock, to_micros, utc_now
from ocpi_server._jsonbytes import elements, fields, read_text, text_field
from ocpi_server.charging import ChargePoints
from ocpi_server.objects.location_parts import evse, find
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.session_notes import session_note
from ocpi_server.store import ObjectStore

__all__ = ["Preferences"]

_PREFERENCES: Final = "preferences"


class Preferences:
    """Takes what drivers prefer. A CPO's side.

    Args:
        sessions: Our own sessions, each for its provider only.
        locations: Our own locations.
        points: The charge points.
        store: Where preferences are noted.
        clock: Returns the current time.
    """

    def __init__(
        self,
        sessions: OwnObjects,
        locations: OwnObjects,
        points: ChargePoints,
        store: ObjectStore,
        clock: Clock = utc_now,
    ) -> None:
        self._sessions = sessions
        self._locations = locations
        self._points = points
        self._store = store
        self._clock = clock

    async def put(self, context: Context, session_id: str, raw: Raw) -> Raw:
        """Pass preferences on to the charge point and return its answer.

        Raises:
            NotFound: There is no such session for the partner.
            InvalidParameters: The EVSE takes no preferences; HTTP 404, as the specification
                asks for.
        """
        session = await self._sessions.get(context, session_id)
        parts = fields(session.raw)
        if not await self._capable(context, parts):
            fault = Violation(
                "path:session_id", "capability", "its EVSE does not support charging preferences"
            )
            raise InvalidParameters(
                "The EVSE does not support charging preferences.",
                violations=[fault],
                http_status=404,
            )
        if text_field(parts, "status") != "ACTIVE":
            return Raw(b'"NOT_POSSIBLE"')
        answer = await self._points.prefer(text_field(parts, "id") or "", raw)
        if answer == "ACCEPTED":
            now = to_micros(self._clock())
            await self._store.put(session_note(_PREFERENCES, session, raw, now))
        return Raw(msgspec.json.encode(answer))

    async def _capable(self, context: Context, session: dict[str, msgspec.Raw]) -> bool:
        try:
            location = await self._locations.get(context, text_field(session, "location_id") or "")
        except NotFound:
            return False
        found = find(location.raw, [evse(text_field(session, "evse_uid") or "")])
        parts = fields(found or b"{}")
        listed = elements(parts["capabilities"]) if "capabilities" in parts else []
        return any(read_text(each) == "CHARGING_PREFERENCES_CAPABLE" for each in listed)
