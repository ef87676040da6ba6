"""The methods of the module sessions."""

from ocpi_runtime.server import Context, PageQuery, RawPage, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server.modules._receiver import ReceiverMethods
from ocpi_server.modules.sessions.preferences import Preferences
from ocpi_server.objects.own import OwnObjects
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


class SessionsReceiverMethods(ReceiverMethods):
    """The sessions of partners; a session is deleted in 2.0 only."""

    get_stored_session = ReceiverMethods.get_object
    put_session = ReceiverMethods.put_object
    patch_session = ReceiverMethods.patch_object
    delete_session = ReceiverMethods.delete_object
