"""Charge points: what the platform asks of them, and a simulation that needs no hardware."""

from ocpi_server.charging._points import (
    NOT_AVAILABLE,
    ChargePoints,
    CommandOutcome,
    Order,
    ProfileOutcome,
    StartOutcome,
)
from ocpi_server.charging._simulated import SimulatedChargePoints

__all__ = [
    "NOT_AVAILABLE",
    "ChargePoints",
    "CommandOutcome",
    "Order",
    "ProfileOutcome",
    "SimulatedChargePoints",
    "StartOutcome",
]
