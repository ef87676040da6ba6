"""What scenes need for the modules that came with 2.3.0."""

from typing import Any, Final

import msgspec

from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from tests.acceptance.support.bundles import OperationCase
from tests.server_impl.pair import Served
from tests.server_impl.samples import calendar, confirmation, place, record, slot, terminal

__all__ = ["SINCE", "newer_ids", "own_payments", "own_place", "own_record"]

SINCE: Final = "2.3.0"
PLACE: Final = "OWN-PLACE"


def newer_ids(name: str, case: OperationCase, count: int) -> dict[str, str]:
    """Return the ids of what a request is about, by the names that these modules have for them.

    Args:
        name: What the ids of the partner begin with.
        case: The operation.
        count: Makes ids that are used once.
    """
    if case.module == "payments":
        # What is activated is none of those that are changed: it would be as new as now.
        once = count if case.id == "post_activate_terminal" else ""
        return {
            "terminal_id": f"{name}-ter{once}",
            "financial_advice_confirmation_id": f"{name}-fin",
        }
    if case.module == "bookings":
        return _asked(name, count) if case.name == "sender" else _pushed(name)
    return {"id": f"{name}-rec"} if case.module == "invoicereconciliation" else {}


def _pushed(name: str) -> dict[str, str]:
    names = ("booking_location_id", "calendar_id", "booking_id", "request_id")
    return {each: f"{name}-{each[:-3]}" for each in names}


def _asked(name: str, count: int) -> dict[str, str]:
    day = f"2099-{count // 28 % 12 + 1:02}-{count % 28 + 1:02}"
    return {
        "location_id": "OWN-LOC",
        "booking_location_id": PLACE,
        "calendar_id": "CAL1",
        "request_id": f"{name}-req{count}",
        "start_date_time": f"{day}T10:00:00Z",
        "end_date_time": f"{day}T11:00:00Z",
    }


async def own_place(host: Served, owner: OwnParty) -> None:
    """Create a booking at the location of a platform."""
    slots = [slot("2099-01-01T00:00:00Z", "2100-01-01T00:00:00Z")]
    whole = {"begin_from": "2099-01-01T00:00:00Z", "end_before": "2100-01-01T00:00:00Z"}
    case = place(PLACE, owner, location_id="OWN-LOC")
    case["calendars"] = [calendar(**whole, available_timeslots=slots)]
    await host.platform.bookings.publisher.place(_text(case))


async def own_payments(host: Served, name: str, party: PartyId, mark: str) -> None:
    """Create a terminal and a confirmation for a CPO."""
    provider = host.platform.payments.provider
    await provider.terminal(_text(terminal(f"{name}-ter", reference=mark)), party)
    paid = confirmation(f"{name}-fin", authorization_reference=mark)
    await provider.confirmation(_text(paid), party)


async def own_record(host: Served, owner: OwnParty, name: str, party: PartyId, mark: str) -> None:
    """Create the record of an invoice for a partner."""
    case = record(f"{name}-inv-{owner.role}", owner, invoice_id=mark)
    await host.platform.invoices.publish(_text(case), party)


def _text(value: Any) -> bytes:
    return msgspec.json.encode(value)
