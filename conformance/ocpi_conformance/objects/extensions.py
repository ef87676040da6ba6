"""The objects of a mock in the modules that 2.3.0 added: bookings, payments, invoices."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from unicodedata import normalize

from ocpi_conformance.objects.world import World

__all__ = ["booking_of", "extension_objects"]

_SLOT: Final = timedelta(hours=1)
_SLOTS: Final = 4
_DAY: Final = timedelta(days=30)
_CDRS_OF_A_RECORD: Final = 3
_TERMS: Final = {
    "rfid_auth_required": True,
    "supported_access_methods": ["OPEN"],
    "change_until_minutes": 60,
    "cancel_until_minutes": 30,
}

_RESERVED: Final = {"PENDING": "PENDING", "ACCEPTED": "RESERVED"}

Data = dict[str, Any]
_Make = Callable[[World], Sequence[Data]]


def extension_objects(world: World) -> dict[str, list[Data]]:
    """Return objects that belong to those of a world, by the kind that lists have.

    Args:
        world: Locations, tokens and CDRs; its version decides which kinds there are.
    """
    makers: dict[str, tuple[str, str, _Make]] = {
        "booking_locations": ("bookings", "BookingLocation", _booking_locations),
        "bookings": ("bookings", "Booking", _bookings),
        "terminals": ("payments", "Terminal", _terminals),
        "confirmations": ("payments", "FinancialAdviceConfirmation", _confirmations),
        "records": ("invoicereconciliation", "InvoiceReconciliationRecord", _records),
    }
    known = {module for module, _ in world.binding.interfaces}
    return {
        kind: [world.fitted(name, one) for one in make(world)]
        for kind, (module, name, make) in makers.items()
        if module in known
    }


def booking_of(
    world: World, request: Data, number: int, changed: str, status: str = "PENDING"
) -> Data:
    """Return the booking that answers a request.

    Args:
        world: What the party has.
        request: A BookingRequest.
        number: Goes into the id.
        changed: When it was made.
        status: What became of the request, ``PENDING`` or ``ACCEPTED``.
    """
    received = {
        "request_status": status,
        "booking_request": request,
        "request_received": changed,
    }
    data = {
        "country_code": world.cpo.country_code,
        "party_id": world.cpo.party_id,
        "id": f"BOOKING{number}",
        "request_id": request["request_id"],
        "location_id": request["location_id"],
        "booking_tokens": request.get("tokens") or [],
        "period": request["period"],
        "reservation_status": _RESERVED[status],
        "authorization_reference": request["authorization_reference"],
        "booking_terms": _TERMS,
        "booking_requests": [received],
        "last_updated": changed,
    }
    return world.fitted("Booking", data)


def _booking_locations(world: World) -> list[Data]:
    return [
        {
            "country_code": one["country_code"],
            "party_id": one["party_id"],
            "id": f"BL{at + 1}",
            "location_id": one["id"],
            "booking_option": {"evse_uid": one["evses"][0]["uid"], "connector_id": "1"},
            "tariff_ids": one["evses"][0]["connectors"][0]["tariff_ids"],
            "booking_terms": _TERMS,
            "calendars": [_calendar(at, one["last_updated"])],
            "last_updated": one["last_updated"],
        }
        for at, one in enumerate(world.objects["locations"])
    ]


def _calendar(at: int, changed: str) -> Data:
    begin = datetime.fromisoformat(changed) + _DAY
    slots = [begin + number * _SLOT for number in range(_SLOTS)]
    return {
        "id": f"CAL{at + 1}",
        "begin_from": _text(begin),
        "end_before": _text(begin + _SLOTS * _SLOT),
        "timeslot_increment": 60,
        "available_timeslots": [_period(one) for one in slots],
        "last_updated": changed,
    }


def _bookings(world: World) -> list[Data]:
    return [
        booking_of(world, _request(world, at), at + 1, one["last_updated"], "ACCEPTED")
        for at, one in enumerate(world.objects["sessions"])
    ]


def _request(world: World, at: int) -> Data:
    locations, tokens = world.objects["locations"], world.objects["tokens"]
    location, token = locations[at % len(locations)], tokens[at % len(tokens)]
    names = ("country_code", "party_id", "uid", "type", "contract_id")
    return {
        "country_code": world.emsp.country_code,
        "party_id": world.emsp.party_id,
        "request_id": f"REQUEST{at + 1}",
        "location_id": location["id"],
        "booking_location_id": f"BL{at % len(locations) + 1}",
        "tokens": [{name: token[name] for name in names}],
        "period": _period(datetime.fromisoformat(location["last_updated"]) + _DAY),
        "authorization_reference": f"BOOKED{at + 1}",
    }


def _terminals(world: World) -> list[Data]:
    names = ("country_code", "party_id", "address", "city", "postal_code", "country")
    return [
        {
            **{name: _ascii(one[name]) for name in names},
            "coordinates": one["coordinates"],
            "terminal_id": f"TERMINAL{at + 1}",
            "customer_reference": f"SITE-{at + 1}",
            "location_ids": [one["id"]],
            "evse_uids": [each["uid"] for each in one["evses"]],
            "last_updated": one["last_updated"],
        }
        for at, one in enumerate(world.objects["locations"])
    ]


def _confirmations(world: World) -> list[Data]:
    return [
        {
            "id": f"FAC{at + 1}",
            "authorization_reference": f"PAID{at + 1}",
            "total_costs": one["total_cost"],
            "currency": one["currency"],
            "eft_data": [f"Terminal {at + 1}", "Approved"],
            "capture_status_code": "SUCCESS",
            "last_updated": one["last_updated"],
        }
        for at, one in enumerate(world.objects["cdrs"])
    ]


def _records(world: World) -> list[Data]:
    cdrs = world.objects["cdrs"]
    parts = [cdrs[at : at + _CDRS_OF_A_RECORD] for at in range(0, len(cdrs), _CDRS_OF_A_RECORD)]
    return [
        {
            "country_code": part[0]["country_code"],
            "party_id": part[0]["party_id"],
            "id": f"IRR{at + 1}",
            "invoice_id": f"INVOICE-{at + 1}",
            "cdrs": [one["id"] for one in part],
            "last_updated": part[-1]["last_updated"],
        }
        for at, part in enumerate(parts)
    ]


def _ascii(text: str) -> str:
    """Return a text in printable ASCII, which the strings of terminals are."""
    spelled = text.replace("ß", "ss")
    return normalize("NFKD", spelled).encode("ascii", "ignore").decode()


def _period(start: datetime) -> Data:
    return {"start_date_time": _text(start), "end_date_time": _text(start + _SLOT)}


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
