"""Charge points that exist in memory: every EVSE is in order and has a car before it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, utc_now
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.charging._points import CommandOutcome, Order, ProfileOutcome, StartOutcome

__all__ = ["SimulatedChargePoints"]

CommandTarget = tuple[str, str]
"""Location and EVSE."""

Driver = tuple[str, PartyId, str, str]
"""Who sent the order, the owner of the token, its uid and its type."""


@dataclass(frozen=True, slots=True)
class _Hold:
    """An EVSE that is kept for a driver."""

    target: CommandTarget
    connector_id: str
    driver: Driver
    until: datetime


class SimulatedChargePoints:
    """Accepts every order, as long as an EVSE is free for it.

    Args:
        delay: Seconds that a charge point takes to answer.
        clock: Returns the current time.
        power: Watts that an EVSE gives without a profile.
    """

    def __init__(self, *, delay: float = 0.05, clock: Clock = utc_now, power: int = 22_000) -> None:
        self._delay = delay
        self._clock = clock
        self._power = power
        self._charging: dict[str, CommandTarget] = {}
        self._held: dict[str, _Hold] = {}
        self._profiles: dict[str, bytes] = {}

    async def start(self, order: Order, evses: Sequence[tuple[str, str]]) -> StartOutcome:
        """Begin to charge at the EVSE that the driver reserved, else at the first free one."""
        await asyncio.sleep(self._delay)
        driver = _driver(order)
        for session_id, hold in self._holds().items():
            if hold.driver == driver and hold.target in _targets(order, evses):
                del self._held[session_id]
                self._charging[session_id] = hold.target
                return StartOutcome(
                    "ACCEPTED",
                    evse_uid=hold.target[1],
                    connector_id=hold.connector_id,
                    session_id=session_id,
                )
        free = self._free(order, evses)
        if free is None:
            return StartOutcome("EVSE_OCCUPIED", "All EVSEs are occupied.")
        self._charging[order.session_id] = (order.location_id, free[0])
        return StartOutcome("ACCEPTED", evse_uid=free[0], connector_id=free[1])

    async def stop(self, session_id: str) -> CommandOutcome:
        """End a session; one from before a restart ends too."""
        await asyncio.sleep(self._delay)
        for known in (self._charging, self._held, self._profiles):
            known.pop(session_id, None)
        return CommandOutcome("ACCEPTED")

    async def reserve(
        self, order: Order, evses: Sequence[tuple[str, str]], until: datetime
    ) -> StartOutcome:
        """Keep the first free EVSE for a driver."""
        await asyncio.sleep(self._delay)
        free = self._free(order, evses)
        if free is None:
            return StartOutcome("EVSE_OCCUPIED", "All EVSEs are occupied.")
        driver = _driver(order)
        target = (order.location_id, free[0])
        self._held[order.session_id] = _Hold(target, free[1], driver, until)
        return StartOutcome("ACCEPTED", evse_uid=free[0], connector_id=free[1])

    async def cancel_reservation(self, session_id: str) -> CommandOutcome:
        """Release a reserved EVSE."""
        await asyncio.sleep(self._delay)
        if self._holds().pop(session_id, None) is None:
            return CommandOutcome("UNKNOWN_RESERVATION")
        return CommandOutcome("ACCEPTED")

    async def unlock(self, location_id: str, evse_uid: str, connector_id: str) -> CommandOutcome:
        """Unlock a connector, unless somebody charges there."""
        await asyncio.sleep(self._delay)
        if (location_id, evse_uid) in self._charging.values():
            return CommandOutcome("REJECTED", f"Connector {connector_id} is in use by a session.")
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
        """Take what a driver prefers; saving needs to know how long there is and how much."""
        await asyncio.sleep(self._delay)
        parts = fields(preferences)
        if text_field(parts, "profile_type") in {"CHEAP", "GREEN"}:
            if text_field(parts, "departure_time") is None:
                return "DEPARTURE_REQUIRED"
            if bytes(parts.get("energy_need", b"null")) == b"null":
                return "ENERGY_NEED_REQUIRED"
        return "ACCEPTED" if session_id in self._charging else "NOT_POSSIBLE"

    def _holds(self) -> dict[str, _Hold]:
        now = self._clock()
        for session_id in [name for name, hold in self._held.items() if hold.until <= now]:
            del self._held[session_id]
        return self._held

    def _free(self, order: Order, evses: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
        held = {hold.target for name, hold in self._holds().items() if name != order.session_id}
        taken = held | set(self._charging.values())
        for evse_uid, connector_id in evses:
            if (order.location_id, evse_uid) not in taken:
                return evse_uid, connector_id
        return None


def _driver(order: Order) -> Driver:
    return order.registration, order.token_owner, order.token_uid.lower(), order.token_type


def _targets(order: Order, evses: Sequence[tuple[str, str]]) -> set[CommandTarget]:
    return {(order.location_id, evse_uid) for evse_uid, _ in evses}
