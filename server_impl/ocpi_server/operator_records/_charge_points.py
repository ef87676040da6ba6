"""Charge points and decisions that stand behind the operator API: the back end has them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from ocpi_server.charging import CommandOutcome, Order, ProfileOutcome, StartOutcome
from ocpi_server.operator_records._orders import OrderBook

__all__ = ["RESULTS", "BackEndChargePoints"]

_COMMAND: Final = frozenset({
    "ACCEPTED", "CANCELED_RESERVATION", "EVSE_OCCUPIED", "EVSE_INOPERATIVE", "FAILED",
    "NOT_SUPPORTED", "REJECTED", "TIMEOUT", "UNKNOWN_RESERVATION",
})  # fmt: skip
_PROFILE: Final = frozenset({"ACCEPTED", "REJECTED", "UNKNOWN"})
RESULTS: Final = {
    "START": _COMMAND,
    "STOP": _COMMAND,
    "RESERVE": _COMMAND,
    "CANCEL_RESERVATION": _COMMAND,
    "UNLOCK": _COMMAND,
    "SET_PROFILE": _PROFILE,
    "CLEAR_PROFILE": _PROFILE,
    "ACTIVE_PROFILE": _PROFILE,
    "PREFER": frozenset({
        "ACCEPTED", "DEPARTURE_REQUIRED", "ENERGY_NEED_REQUIRED", "NOT_POSSIBLE",
        "PROFILE_TYPE_NOT_SUPPORTED",
    }),
    "AUTHORIZE": frozenset({"ALLOWED", "BLOCKED", "EXPIRED", "NO_CREDIT", "NOT_ALLOWED"}),
}  # fmt: skip
"""The results that an order may have, by its kind; those of OCPI."""


class BackEndChargePoints:
    """Passes everything to the back end and waits for what it reports.

    Args:
        orders: What the back end has to do.
        seconds: How long it may take.
    """

    def __init__(self, orders: OrderBook, seconds: float) -> None:
        self._orders, self._seconds = orders, seconds

    async def start(self, order: Order, evses: Sequence[tuple[str, str]]) -> StartOutcome:
        """Begin to charge."""
        return _started(await self._ask("START", _order(order, evses)))

    async def stop(self, session_id: str) -> CommandOutcome:
        """End a session."""
        return _ended(await self._ask("STOP", {"session_id": session_id}))

    async def reserve(
        self, order: Order, evses: Sequence[tuple[str, str]], until: datetime
    ) -> StartOutcome:
        """Keep an EVSE for a driver."""
        body = {**_order(order, evses), "until": until.isoformat()}
        return _started(await self._ask("RESERVE", body))

    async def cancel_reservation(self, session_id: str) -> CommandOutcome:
        """Release a reserved EVSE."""
        return _ended(await self._ask("CANCEL_RESERVATION", {"session_id": session_id}))

    async def unlock(self, location_id: str, evse_uid: str, connector_id: str) -> CommandOutcome:
        """Unlock a connector."""
        body = {"location_id": location_id, "evse_uid": evse_uid, "connector_id": connector_id}
        return _ended(await self._ask("UNLOCK", body))

    async def set_profile(self, session_id: str, profile: bytes) -> ProfileOutcome:
        """Apply a profile to a session."""
        body = {"session_id": session_id, "profile": msgspec.Raw(profile)}
        return _profile(await self._ask("SET_PROFILE", body))

    async def clear_profile(self, session_id: str) -> ProfileOutcome:
        """Drop the profile of a session."""
        return _profile(await self._ask("CLEAR_PROFILE", {"session_id": session_id}))

    async def active_profile(self, session_id: str, seconds: int) -> ProfileOutcome:
        """Return the planned profile of a session."""
        body = {"session_id": session_id, "seconds": seconds}
        return _profile(await self._ask("ACTIVE_PROFILE", body))

    async def prefer(self, session_id: str, preferences: bytes) -> str:
        """Take what a driver prefers."""
        body = {"session_id": session_id, "preferences": msgspec.Raw(preferences)}
        found = await self._ask("PREFER", body)
        return "NOT_POSSIBLE" if found is None else str(found["result"])

    async def _ask(self, kind: str, body: Any) -> dict[str, Any] | None:
        found = await self._orders.ask(kind, body, self._seconds)
        return None if found is None else msgspec.json.decode(found, type=dict[str, Any])


def _order(order: Order, evses: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "location_id": order.location_id,
        "evse_uid": order.evse_uid,
        "connector_id": order.connector_id,
        "token": {
            "country_code": order.token_owner.country_code,
            "party_id": order.token_owner.party_id,
            "uid": order.token_uid,
            "type": order.token_type,
        },
        "session_id": order.session_id,
        "choices": [{"evse_uid": evse, "connector_id": connector} for evse, connector in evses],
    }


def _ended(found: dict[str, Any] | None) -> CommandOutcome:
    if found is None:
        return CommandOutcome("TIMEOUT", "The charge point did not answer in time.")
    return CommandOutcome(found["result"], found.get("message") or "")


def _started(found: dict[str, Any] | None) -> StartOutcome:
    done = _ended(found)
    named = ("evse_uid", "connector_id", "session_id")
    more = {name: str(found[name]) for name in named if found and found.get(name)}
    return StartOutcome(done.result, done.message, **more)


def _profile(found: dict[str, Any] | None) -> ProfileOutcome:
    if found is None:
        return ProfileOutcome("REJECTED")
    profile = found.get("profile")
    return ProfileOutcome(found["result"], msgspec.json.encode(profile) if profile else None)
