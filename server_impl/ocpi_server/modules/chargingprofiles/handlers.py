"""The methods of the module chargingprofiles."""

from datetime import datetime
from typing import Protocol

from ocpi_runtime.server import Context, Outcome, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server._clock import to_micros
from ocpi_server.async_requests.pending import ACTIVE, CLEAR, SET, PendingRequests
from ocpi_server.modules.chargingprofiles.active_profiles import ActiveProfiles
from ocpi_server.modules.chargingprofiles.profiles import Profiles
from ocpi_server.versioning.messages import MessageConverter

__all__ = ["ProfilesReceiverMethods", "ProfilesSenderMethods"]

_RESPONSE = "ChargingProfileResponse"


class _ActiveProfile(Protocol):
    @property
    def start_date_time(self) -> datetime: ...


class ProfilesSenderMethods(Stub):
    """Results of what we asked for, and news of profiles."""

    def __init__(self, exchanges: PendingRequests, profiles: ActiveProfiles) -> None:
        self._exchanges = exchanges
        self._profiles = profiles

    async def post_active_charging_profile_result(
        self, context: Context, uid: str, body: Received[Model]
    ) -> None:
        """Take the profile that we asked for."""
        await self._exchanges.settle(context.partner, ACTIVE, uid, body.raw)

    async def post_charging_profile_result(
        self, context: Context, uid: str, body: Received[Model]
    ) -> None:
        """Take the answer to a profile that we set."""
        await self._exchanges.settle(context.partner, SET, uid, body.raw)

    async def post_clear_profile_result(
        self, context: Context, uid: str, body: Received[Model]
    ) -> None:
        """Take the answer to a profile that we dropped."""
        await self._exchanges.settle(context.partner, CLEAR, uid, body.raw)

    async def put_active_charging_profile(
        self, context: Context, session_id: str, body: Received[_ActiveProfile]
    ) -> Outcome:
        """Take the news that a profile has changed."""
        calculated = to_micros(body.value.start_date_time)
        return await self._profiles.put(context.partner, session_id, body.raw, calculated)


class ProfilesReceiverMethods(Stub):
    """Requests about the profiles of our sessions."""

    def __init__(self, profiles: Profiles, messages: MessageConverter) -> None:
        self._profiles = profiles
        self._messages = messages

    async def get_active_charging_profile(
        self, context: Context, session_id: str, *, duration: int, response_url: str
    ) -> Raw:
        """Ask the charge point what is planned."""
        answer = await self._profiles.active(context, session_id, duration, response_url)
        return self._messages.write(context, _RESPONSE, answer)

    async def put_charging_profile(
        self, context: Context, session_id: str, body: Received[Model]
    ) -> Raw:
        """Set a profile."""
        wanted = await self._messages.read(context, "SetChargingProfile", body.raw)
        answer = await self._profiles.set(context, session_id, wanted)
        return self._messages.write(context, _RESPONSE, answer)

    async def delete_charging_profile(
        self, context: Context, session_id: str, *, response_url: str
    ) -> Raw:
        """Drop a profile."""
        answer = await self._profiles.clear(context, session_id, response_url)
        return self._messages.write(context, _RESPONSE, answer)
