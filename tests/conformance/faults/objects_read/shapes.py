"""Faults of the form of parts of objects: what a class requires, and the values that it has."""

from collections.abc import Callable
from typing import Any

from tests.conformance.faults.building import Make, each_object

__all__ = ["SHAPES"]

Data = dict[str, Any]


def _set(module: str, **fields: Any) -> Make:
    """Write some fields into all objects of a module."""
    return each_object(module, lambda one: one.update(fields))


def _drop(module: str, name: str) -> Make:
    return each_object(module, lambda one: one.pop(name, None))


def _inside(module: str, name: str, change: Callable[[Data], object]) -> Make:
    """Change an object inside the objects of a module."""

    def spoil(one: Data) -> None:
        if isinstance(one.get(name), dict):
            change(one[name])

    return each_object(module, spoil)


def _restricted(**restrictions: Any) -> Make:
    return each_object("tariffs", lambda one: one["elements"][0].update(restrictions=restrictions))


_IMAGE = {"url": "https://example.com/image.png", "category": "OWNER"}
_PARKING = {"id": "P1", "vehicle_types": ["PERSONAL_VEHICLE"]}
_PLACE = {**_PARKING, "restricted_to_type": False, "reservation_required": False}
_TAXED = {"excl_vat": 1, "before_taxes": 1, "taxes": [{"name": "VAT"}]}

SHAPES: dict[str, Make] = {
    "cdr-place-without-address": _inside("cdrs", "cdr_location", lambda one: one.pop("address")),
    "cdr-without-session": _drop("cdrs", "session_id"),
    "parking-id-twice": _set("locations", parking_places=[_PLACE, _PLACE]),
    "evse-at-unknown-parking": each_object("locations", lambda one: [
        evse.update(parking=[{"parking_id": "NOWHERE"}]) for evse in one.get("evses") or ()]),
    "cdr-signed-data-empty": _set("cdrs", signed_data={
        "encoding_method": "OCMF", "signed_values": []}),
    "cdr-cost-without-net": _set("cdrs", total_cost={}),
    "cdr-tax-without-amount": _set("cdrs", total_cost=_TAXED),
    "location-image-without-type": _set("locations", images=[_IMAGE]),
    "location-operator-without-name": _set("locations", operator={}),
    "location-without-owner": _drop("locations", "country_code"),
    "location-text-too-long": _set("locations", directions=[
        {"language": "en", "text": "x" * 513}]),
    "location-parking-without-restrictions": _set("locations", parking_places=[_PARKING]),
    "tariff-date-with-time": _restricted(start_date="2026-01-01T00:00:00Z"),
    "tariff-day-in-lower-case": _restricted(day_of_week=["monday"]),
    "tariff-without-tax-included": _drop("tariffs", "tax_included"),
    "tariff-price-limit-empty": _set("tariffs", min_price={}),
    "token-whitelist-unknown": _set("tokens", whitelist="SOMETIMES"),
    "token-energy-contract-empty": _set("tokens", energy_contract={}),
    "record-without-invoice": _drop("invoicereconciliation", "invoice_id"),
    "confirmation-without-currency": _drop("payments", "currency"),
    "confirmation-without-lines": _set("payments", eft_data=[]),
    "confirmation-status-unknown": _set("payments", capture_status_code="MAYBE"),
    "terminal-invoice-creator-unknown": _set("payments", invoice_creator="EMSP"),
}  # fmt: skip
