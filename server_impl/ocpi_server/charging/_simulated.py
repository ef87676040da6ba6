"""Charge points that exist in memory: every EVSE is in order and has a car before it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from ocpi_server._clock import Clock, utc_now
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.charging._points import CommandOutcome, Order, ProfileOutcome, StartOutcome

__all__ = ["SimulatedChargePoints"]


class SimulatedChargePoints:
    """Accepts every order; which EVSEs are free follows from the sessions of the platform.

    Args:
        delay: Seconds that a charge point takes to answer.
        clock: Returns the current time.
        power: Watts that an EVSE gives without a profile.
    """

    def __init__(self, *, delay: float = 0.05, clock: Clock = utc_now, power: int = 22_000) -> None:
        self._delay = delay
        self._clock = clock
        self._power = power
        self._profiles: dict[str, bytes] = {}

    async def start(self, order: Order, evses: Sequence[tuple[str, str]]) -> StartOutcome:
        """Begin to charge at the first EVSE."""
        await asyncio.sleep(self._delay)
        return _first(evses)

    async def stop(self, session_id: str) -> CommandOutcome:
        """End a session; one from before a restart ends too."""
        await asyncio.sleep(self._delay)
        self._profiles.pop(session_id, None)
        return CommandOutcome("ACCEPTED")

    async def reserve(
        self, order: Order, evses: Sequence[tuple[str, str]], until: datetime
    ) -> StartOutcome:
        """Keep the first EVSE for a driver."""
        await asyncio.sleep(self._delay)
        return _first(evses)

    async def cancel_reservation(self, session_id: str) -> CommandOutcome:
        """Release a reserved EVSE; one from before a restart is released too."""
        await asyncio.sleep(self._delay)
        return CommandOutcome("ACCEPTED")

    async def unlock(self, location_id: str, evse_uid: str, connector_id: str) -> CommandOutcome:
        """Unlock a connector."""
        await asyncio.sleep(self._delay)
        return CommandOutcome("ACCEPTED")

    async def set_profile(self, session_id: str, profile: bytes) -> ProfileOutcome:
        """Apply a profile to a session."""
        await asyncio.sleep(self._delay)
        self._profiles[session_id] = profile
        return ProfileOutcome("ACCEPTED")

    async def clear_profile(self, session_id: str) -> ProfileOutcome:
        """Drop the profile of a session."""
        await asyncio.sleep(self._delay)
        known = self._profiles.pop(session_id, None) is not None
        return ProfileOutcome("ACCEPTED" if known else "UNKNOWN")

    async def active_profile(self, session_id: str, seconds: int) -> ProfileOutcome:
        """Return the profile that was set, or the power of the EVSE without one."""
        await asyncio.sleep(self._delay)
        profile = self._profiles.get(session_id) or msgspec.json.encode(
            {
                "duration": seconds,
                "charging_rate_unit": "W",
                "charging_profile_period": [{"start_period": 0, "limit": self._power}],
            }
        )
        now = self._clock().replace(microsecond=0, tzinfo=None).isoformat() + "Z"
        active = {"start_date_time": now, "charging_profile": msgspec.Raw(profile)}
        return ProfileOutcome("ACCEPTED", msgspec.json.encode(active))

    async def prefer(self, session_id: str, preferences: bytes) -> str:
        """Take what a driver prefers; saving needs how long there is and how much."""
        await asyncio.sleep(self._delay)
        parts = fields(preferences)
        if text_field(parts, "profile_type") in {"CHEAP", "GREEN"}:
            if text_field(parts, "departure_time") is None:
                return "DEPARTURE_REQUIRED"
            if bytes(parts.get("energy_need", b"null")) == b"null":
                return "ENERGY_NEED_REQUIRED"
        return "ACCEPTED"


def _first(evses: Sequence[tuple[str, str]]) -> StartOutcome:
    if not evses:
        return StartOutcome("EVSE_OCCUPIED", "All EVSEs are occupied.")
    evse_uid, connector_id = evses[0]
    return StartOutcome("ACCEPTED", evse_uid=evse_uid, connector_id=connector_id)
