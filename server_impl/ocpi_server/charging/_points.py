"""The one place where charge points are plugged in: an OCPP back end implements ``ChargePoints``.

Everything uses the terms of OCPI and answered when the charge point has answered; the
platform bounds the time, informs the partner, and keeps the sessions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from ocpi_runtime.types import PartyId

__all__ = [
    "NOT_AVAILABLE",
    "ChargePoints",
    "CommandOutcome",
    "Order",
    "ProfileOutcome",
    "StartOutcome",
]

NOT_AVAILABLE: Final = "#NA"
"""Stands in a string that a party cannot know (transport and format chapter)."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a driver wants at a location.

    Attributes:
        location_id: The location, which exists.
        evse_uid: The EVSE, which exists; None leaves the choice to the charge point.
        connector_id: The connector, which exists; None leaves the choice to the charge point.
        token_uid: What the driver identifies with.
        token_type: Its type.
        token_owner: Its eMSP; another one may have a token of the same uid and type.
        session_id: The session that the order begins.
        registration: Who sent the order; a party may belong to another registration later, which
            must not get what was reserved before.
    """

    location_id: str
    evse_uid: str | None
    connector_id: str | None
    token_uid: str
    token_type: str
    token_owner: PartyId
    session_id: str
    registration: str = ""


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """How a command ended.

    Attributes:
        result: A value of OCPI's CommandResultType.
        message: A reason for people, or empty.
    """

    result: str
    message: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the charge point accepted the order."""
        return self.result == "ACCEPTED"


@dataclass(frozen=True, slots=True)
class StartOutcome(CommandOutcome):
    """How a start or a reservation ended.

    Attributes:
        evse_uid: The EVSE that was taken.
        connector_id: The connector that was taken.
        session_id: The session of a reservation that the driver made before and now uses; empty
            where there was none.
    """

    evse_uid: str = NOT_AVAILABLE
    connector_id: str = NOT_AVAILABLE
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class ProfileOutcome:
    """How a request about charging profiles ended.

    Attributes:
        result: A value of OCPI's ChargingProfileResultType.
        profile: The ActiveChargingProfile as JSON text, where it was asked for.
    """

    result: str
    profile: bytes | None = None


class ChargePoints(Protocol):
    """All charge points of the platform."""

    async def start(self, order: Order, evses: Sequence[tuple[str, str]]) -> StartOutcome:
        """Begin to charge.

        Args:
            order: What is wanted.
            evses: The EVSEs and connectors to choose from, in order of preference.
        """
        ...

    async def stop(self, session_id: str) -> CommandOutcome:
        """End a session."""
        ...

    async def reserve(
        self, order: Order, evses: Sequence[tuple[str, str]], until: datetime
    ) -> StartOutcome:
        """Keep an EVSE for a driver; an order for the same session replaces the one before."""
        ...

    async def cancel_reservation(self, session_id: str) -> CommandOutcome:
        """Release a reserved EVSE."""
        ...

    async def unlock(self, location_id: str, evse_uid: str, connector_id: str) -> CommandOutcome:
        """Unlock a connector whose cable is stuck."""
        ...

    async def set_profile(self, session_id: str, profile: bytes) -> ProfileOutcome:
        """Apply a ChargingProfile (JSON text) to a session."""
        ...

    async def clear_profile(self, session_id: str) -> ProfileOutcome:
        """Drop the profile of a session."""
        ...

    async def active_profile(self, session_id: str, seconds: int) -> ProfileOutcome:
        """Return the planned charging profile of a session for the next ``seconds``."""
        ...

    async def prefer(self, session_id: str, preferences: bytes) -> str:
        """Take what a driver prefers (ChargingPreferences as JSON text).

        Returns:
            A value of OCPI's ChargingPreferencesResponse.
        """
        ...
