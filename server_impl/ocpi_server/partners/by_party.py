"""Finding whoever speaks for a party."""

from collections.abc import Awaitable, Callable

from ocpi_runtime.types import PartyId
from ocpi_server.partners._records import PartnerRecord

__all__ = ["FindPartner"]

FindPartner = Callable[[PartyId], Awaitable[PartnerRecord | None]]
"""Finds the partner to which messages for a party are sent."""
