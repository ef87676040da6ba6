"""Faults of objects that are read: their form."""

from collections.abc import Callable
from typing import Any

from tests.conformance.faults.building import (
    Make,
    accepted_data,
    answering,
    each_object,
    each_page,
    is_below,
    refused,
    segments,
)
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest

__all__ = ["OBJECTS"]

_SINGLE = ("locations", "tariffs")


def _set(module: str, **fields: Any) -> Make:
    """Write some fields into all objects of a module."""
    return each_object(module, lambda one: one.update(fields))


def _drop(module: str, name: str) -> Make:
    return each_object(module, lambda one: one.pop(name, None))


def _evses(change: Callable[[dict[str, Any]], object]) -> Make:
    def spoil(one: dict[str, Any]) -> None:
        for evse in one.get("evses") or ():
            change(evse)

    return each_object("locations", spoil)


def _connectors(change: Callable[[dict[str, Any]], object]) -> Make:
    def spoil(evse: dict[str, Any]) -> None:
        for connector in evse.get("connectors") or ():
            change(connector)

    return _evses(spoil)


def _as_text(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda one: one.update({name: str(one.get(name))})


def _single(change: Callable[[dict[str, Any]], Any]) -> Make:
    """Change objects that are read by their id, and no lists."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        if asked.method != "GET" or not isinstance(data, dict) or "sender" not in asked.path:
            return answer
        return answer.with_fields(data=change(data)) if is_below(asked, "locations") else answer

    return answering(spoil)


def _never_by_id(asked: ReceivedRequest, answer: Answer) -> Answer:
    single = isinstance(accepted_data(answer), dict) and "sender" in asked.path
    return refused(asked, 404, 2000) if single and is_below(asked, "locations", "GET") else answer


def _one_breaks_all(asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
    return refused(asked, 200, 3000, "Internal error") if "locations" in segments(asked) else answer


OBJECTS: dict[str, Make] = {
    "location-without-address": _drop("locations", "address"),
    "location-city-too-long": _set("locations", city="U" * 46),
    "location-id-not-ascii": _set("locations", id="Straße"),
    "location-country-of-two-letters": _set("locations", country="N"),
    "location-coordinates-as-numbers": _set("locations",
                                            coordinates={"latitude": 52.1, "longitude": 5.1}),
    "location-updated-with-offset": _set("locations", last_updated="2026-01-01T10:00:00+00:00"),
    "location-updated-locally": _set("locations", last_updated="2026-01-01 10:00"),
    "location-updated-in-microseconds": _set("locations",
                                             last_updated="2026-01-01T10:00:00.123456Z"),
    "evse-without-connectors": _evses(lambda one: one.update(connectors=[])),
    "evse-status-in-lower-case": _evses(lambda one: one.update(status="available")),
    "evse-without-uid": _evses(lambda one: one.pop("uid", None)),
    "evse-capability-unknown": _evses(lambda one: one.update(capabilities=["FLYING"])),
    "evse-capability-a-number": _evses(lambda one: one.update(capabilities=[5])),
    "connector-standard-a-number": _connectors(lambda one: one.update(standard=5)),
    "token-type-a-number": _set("tokens", type=5),
    "connector-standard-unknown": _connectors(lambda one: one.update(standard="TYPE2")),
    "connector-amperage-as-text": _connectors(_as_text("max_amperage")),
    "connector-power-type-unknown": _connectors(lambda one: one.update(power_type="AC")),
    "session-without-energy": _drop("sessions", "kwh"),
    "session-status-unknown": _set("sessions", status="CHARGING"),
    "cdr-without-cost": _drop("cdrs", "total_cost"),
    "cdr-energy-as-text": each_object("cdrs", _as_text("total_energy")),
    "cdr-without-periods": _set("cdrs", charging_periods=[]),
    "cdr-auth-method-unknown": _set("cdrs", auth_method="RFID"),
    "tariff-without-elements": _set("tariffs", elements=[]),
    "tariff-dimension-unknown": _set("tariffs", elements=[
        {"price_components": [{"type": "KWH", "price": 1, "step_size": 1}]}]),
    "tariff-time-of-twelve-hours": each_object("tariffs", lambda one: one["elements"][0].update(
        restrictions={"start_time": "1:30 PM"})),
    "token-without-issuer": _drop("tokens", "issuer"),
    "token-valid-as-text": _set("tokens", valid="true"),
    "token-type-unknown": _set("tokens", type="CARD"),
    "client-info-without-status": _drop("hubclientinfo", "status"),
    "client-info-status-unknown": _set("hubclientinfo", status="ONLINE"),
    "booking-location-without-terms": _set("bookings", booking_terms={}),
    "terminal-without-id": _drop("payments", "terminal_id"),
    "record-without-cdrs": _set("invoicereconciliation", cdrs=[]),
    "by-id-of-other-content": _single(lambda one: {**one, "name": "Another name"}),
    "by-id-of-other-object": _single(lambda one: {**one, "id": "ANOTHER"}),
    "by-id-not-found": answering(_never_by_id),
    "page-of-locations-fails": each_page(_one_breaks_all),
}  # fmt: skip
