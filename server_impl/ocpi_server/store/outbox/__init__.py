"""The outbox: what partners have not been sent yet, written with the objects themselves."""

from ocpi_server.store.outbox._lanes import Lane, Recipient, close_lane, open_lane, resume_lane
from ocpi_server.store.outbox._notes import (
    REMOVAL,
    Announcement,
    ChangedParts,
    Note,
    remember,
    remember_all,
)
from ocpi_server.store.outbox._outbox import Outbox, Pending
from ocpi_server.store.outbox._pending_removals import PendingRemovals
from ocpi_server.store.outbox._refill import Refill
from ocpi_server.store.outbox._settling import PARKED, Attempt, LaneState

__all__ = [
    "PARKED",
    "REMOVAL",
    "Announcement",
    "Attempt",
    "ChangedParts",
    "Lane",
    "LaneState",
    "Note",
    "Outbox",
    "Pending",
    "PendingRemovals",
    "Recipient",
    "Refill",
    "close_lane",
    "open_lane",
    "remember",
    "remember_all",
    "resume_lane",
]
