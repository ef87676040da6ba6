"""Bookings, payments and invoices of 2.3.0, as their senders offer them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from ocpi_conformance.mock._party._sent import listing
from ocpi_conformance.objects.extensions import booking_of, extension_objects
from ocpi_conformance.objects.world import World
from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.errors import InvalidParameters, NotFound
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.patch import merge
from ocpi_runtime.server import Context, Received
from ocpi_runtime.types import Raw

__all__ = ["ExtensionObjects"]

_LISTS: Final = {
    "get_bookings": "bookings",
    "get_booking_locations": "booking_locations",
    "get_terminals": "terminals",
    "get_financial_advice_confirmations": "confirmations",
    "get_invoice_reconciliation_records": "records",
}
_SINGLE: Final = {
    "get_booking_location": ("booking_locations", "id"),
    "get_terminal": ("terminals", "terminal_id"),
    "get_financial_advice_confirmation": ("confirmations", "id"),
}
_LOCATED: Final = ("location_ids", "evse_uids")

Data = dict[str, Any]


class ExtensionObjects:
    """Answers requests for what 2.3.0 added, and takes requests about it.

    Args:
        world: What the mock has.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._objects = extension_objects(world)

    def answer_of(self, interface: Interface, operation: Operation) -> Callable[..., Any] | None:
        """Return the answer to an operation, or None where it is not of this kind."""
        if interface.name != "sender":
            return None
        if operation.id in _LISTS:
            kind = _LISTS[operation.id]
            return listing(kind, self._objects[kind])
        if operation.id in _SINGLE:
            return self._single(*_SINGLE[operation.id])
        others: dict[str, Callable[..., Any]] = {
            "get_calendar": self._calendar,
            "post_booking_request": self._book,
            "post_activate_terminal": self._activate,
            "put_terminal": self._put_terminal,
            "patch_terminal": self._patch_terminal,
            "post_deactivate_terminal": self._deactivate,
        }
        return others.get(operation.id)

    def _single(self, kind: str, key: str) -> Callable[..., Raw]:
        def read(_context: Context, identifier: str) -> Raw:
            return _raw(self._found(kind, key, identifier))

        return read

    def _found(self, kind: str, key: str, identifier: str) -> Data:
        for one in self._objects[kind]:
            if str(one[key]).lower() == identifier.lower():
                return one
        raise NotFound(f"{identifier} not found.")

    def _calendar(self, _context: Context, booking_location_id: str, calendar_id: str) -> Raw:
        place = self._found("booking_locations", "id", booking_location_id)
        for one in place["calendars"]:
            if one["id"].lower() == calendar_id.lower():
                return _raw(one)
        raise NotFound(f"{booking_location_id}/{calendar_id} not found.")

    def _book(self, _context: Context, body: Received[Any]) -> Raw:
        """Take a request: another one of the same id changes the booking that it made."""
        request = json.loads(body.raw)
        place = self._found("booking_locations", "id", request["booking_location_id"])
        if place["location_id"].lower() != request["location_id"].lower():
            raise InvalidParameters(f"{place['id']} is not at {request['location_id']}.")
        bookings = self._objects["bookings"]
        known = [one for one in bookings if one["request_id"] == request["request_id"]]
        made = booking_of(self._world, request, len(bookings) + 1, _now())
        if known:
            made["id"] = known[0]["id"]
            bookings.remove(known[0])
        bookings.append(made)
        return _raw(made)

    def _activate(self, _context: Context, body: Received[Any]) -> None:
        data = json.loads(body.raw)
        named = data.get("terminal_id") or f"TERMINAL{len(self._objects['terminals']) + 1}"
        known = [one for one in self._objects["terminals"] if one["terminal_id"] == named]
        if known:
            known[0].update(data)
        else:
            self._objects["terminals"].append({**data, "terminal_id": named})

    def _put_terminal(self, _context: Context, terminal_id: str, body: Received[Any]) -> None:
        found = self._found("terminals", "terminal_id", terminal_id)
        data = json.loads(body.raw)
        found.clear()
        found.update(data)

    def _patch_terminal(self, _context: Context, terminal_id: str, body: Received[Any]) -> None:
        found = self._found("terminals", "terminal_id", terminal_id)
        merged = json.loads(merge(_raw(found), body.raw))
        found.clear()
        found.update(merged)

    def _deactivate(self, _context: Context, terminal_id: str) -> None:
        """Take a terminal from where it stands."""
        found = self._found("terminals", "terminal_id", terminal_id)
        for name in _LOCATED:
            found.pop(name, None)


def _now() -> str:
    return format_timestamp(datetime.now(UTC))


def _raw(one: Data) -> Raw:
    return Raw(json.dumps(one, ensure_ascii=False).encode())
