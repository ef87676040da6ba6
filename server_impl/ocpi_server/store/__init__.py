"""What the platform remembers: OCPI objects as the bytes that were accepted, and its partners."""

from ocpi_server.store._moves import ListName
from ocpi_server.store._objects import ObjectStore, Recorder
from ocpi_server.store._partial_objects import PartialObject, PartialStore, nameless_key
from ocpi_server.store._quota import CheckRoom, Quota, QuotaExceeded, StorageRoom
from ocpi_server.store._records import (
    OWN,
    Draft,
    Duplicate,
    Key,
    Put,
    Stored,
    StoredRepairs,
    audience_of,
    is_set_aside,
    kept_audience,
    party_of,
)
from ocpi_server.store._renditions import Lossy, Rendition, RenditionStore, Shortfall
from ocpi_server.store.database import Database, open_database
from ocpi_server.store.database.damage import Damaged
from ocpi_server.store.listing import Cursor, Listing, StoredPage
from ocpi_server.store.outbox import Announcement, ChangedParts, Outbox

__all__ = [
    "OWN",
    "Announcement",
    "ChangedParts",
    "CheckRoom",
    "Cursor",
    "Damaged",
    "Database",
    "Draft",
    "Duplicate",
    "Key",
    "ListName",
    "Listing",
    "Lossy",
    "ObjectStore",
    "Outbox",
    "PartialObject",
    "PartialStore",
    "Put",
    "Quota",
    "QuotaExceeded",
    "Recorder",
    "Rendition",
    "RenditionStore",
    "Shortfall",
    "StorageRoom",
    "Stored",
    "StoredPage",
    "StoredRepairs",
    "audience_of",
    "is_set_aside",
    "kept_audience",
    "nameless_key",
    "open_database",
    "party_of",
]
