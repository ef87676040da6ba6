"""The methods of the module sessions."""

from ocpi_runtime.server import Context, Outcome, PageQuery, RawPage, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server.clock import changed_at
from ocpi_server.modules.sessions.preferences import Preferences
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.received import ObjectAddress, ReceivedObjects
from ocpi_server.versioning.messages import MessageConverter

__all__ = ["SessionsReceiverMethods", "SessionsSenderMethods"]


class SessionsSenderMethods(Stub):
    """Our own sessions, each for the provider of its token only."""

    def __init__(
        self, own: OwnObjects, preferences: Preferences, messages: MessageConverter
    ) -> None:
        self._own = own
        self._messages = messages
        self._preferences = preferences

    async def get_sessions(self, context: Context, query: PageQuery) -> RawPage:
        """List sessions."""
        return await self._own.page(context, query)

    async def put_charging_preferences(
        self, context: Context, session_id: str, body: Received[Model]
    ) -> Raw:
        """Take what the driver prefers."""
        wanted = await self._messages.read(context, "ChargingPreferences", body.raw)
        return await self._preferences.put(context, session_id, wanted)


class SessionsReceiverMethods(Stub):
    """The sessions of partners, each to be touched by its owner only."""

    def __init__(self, received: ReceivedObjects) -> None:
        self._received = received

    async def get_stored_session(
        self, context: Context, country_code: str, party_id: str, session_id: str
    ) -> Raw:
        """Read a session back."""
        place = ObjectAddress(country_code, party_id, session_id)
        return await self._received.get(context.partner, place)

    async def put_session(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        session_id: str,
        body: Received[Model],
    ) -> Outcome:
        """Take a session."""
        place = ObjectAddress(country_code, party_id, session_id)
        stamp = changed_at(body.value)
        return await self._received.put(context.partner, place, body.raw, stamp)

    async def patch_session(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        session_id: str,
        body: Received[Model],
    ) -> None:
        """Take news of a session."""
        place = ObjectAddress(country_code, party_id, session_id)
        await self._received.patch(context.partner, place, body.raw)

    async def delete_session(
        self, context: Context, country_code: str, party_id: str, session_id: str
    ) -> None:
        """Forget a session (2.0)."""
        place = ObjectAddress(country_code, party_id, session_id)
        await self._received.delete(context.partner, place)
