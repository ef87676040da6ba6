"""EVSEs and connectors inside the text of a location."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from ocpi_runtime.errors import UnknownLocation
from ocpi_runtime.types import same_ci
from ocpi_server._jsonbytes import elements, fields, write_list
from ocpi_server.objects.rules import Stamp

__all__ = ["LocationPart", "calendar", "connector", "edit", "evse", "find"]


class LocationPart(NamedTuple):
    """One step down: which list, and which of its objects.

    Attributes:
        items: The field that holds the list.
        id_field: The field that holds the id of an object in it.
        wanted: The id.
    """

    items: str
    id_field: str
    wanted: str

    def __str__(self) -> str:
        return f"{_CLASSES[self.items]} {self.wanted}"

    def among(self, items: Sequence[msgspec.Raw]) -> int | None:
        """Find the object in its list; those behind it are not looked at."""
        for at, item in enumerate(items):
            found = getattr(_named(item), self.id_field)
            if isinstance(found, str) and same_ci(found, self.wanted):
                return at
        return None


class _Named(msgspec.Struct):
    """An object in a list by its id: the rest of it is skipped."""

    uid: Any = None
    id: Any = None


_named = msgspec.json.Decoder(_Named).decode
_encode = msgspec.json.Encoder().encode
_CLASSES: Final = {"evses": "EVSE", "connectors": "Connector", "calendars": "Calendar"}
_EMPTY: Final = msgspec.Raw(b"[]")


def evse(uid: str) -> LocationPart:
    """Return the part that leads from a location to an EVSE."""
    return LocationPart("evses", "uid", uid)


def connector(connector_id: str) -> LocationPart:
    """Return the part that leads from an EVSE to a connector."""
    return LocationPart("connectors", "id", connector_id)


def calendar(calendar_id: str) -> LocationPart:
    """Return the part that leads from a booking location to a calendar (2.3.0)."""
    return LocationPart("calendars", "id", calendar_id)


def find(parent: bytes, path: Sequence[LocationPart]) -> bytes | None:
    """Return the text of a part, or None where there is none."""
    found = parent
    for step in path:
        items = elements(fields(found).get(step.items, _EMPTY))
        at = step.among(items)
        if at is None:
            return None
        found = bytes(items[at])
    return found


def edit(
    parent: bytes, path: Sequence[LocationPart], stamp: Stamp, make: Callable[[bytes | None], bytes]
) -> bytes:
    """Replace or add a part; everything above it gets a newer ``last_updated``.

    Args:
        parent: The text of the location.
        path: The way to the part.
        stamp: The ``last_updated`` of the part.
        make: Makes the new text of the part from the stored one, None where it is new.

    Raises:
        UnknownLocation: There is nothing on the way to the part.
    """
    step, *rest = path
    parts = fields(parent)
    items = elements(parts.get(step.items, _EMPTY))
    at = step.among(items)
    if at is None and rest:
        raise UnknownLocation(f"{step} not found.")
    old = None if at is None else bytes(items[at])
    new = msgspec.Raw(edit(old, rest, stamp, make) if rest and old is not None else make(old))
    if at is None:
        items.append(new)
    else:
        items[at] = new
    parts[step.items] = msgspec.Raw(write_list(items))
    known = parts.get("last_updated")
    if known is not None and Stamp.read(known).micros < stamp.micros:
        parts["last_updated"] = msgspec.Raw(stamp.text)
    return _encode(parts)
