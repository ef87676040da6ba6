"""Faults of objects that are read: what they mean."""

import copy
from collections.abc import Callable
from typing import Any

from tests.conformance.faults.building import Make, each_object, each_page, is_below

__all__ = ["SEMANTICS"]

_EARLY, _LATE = "2019-01-01T00:00:00Z", "2019-02-01T00:00:00Z"
_TEXT = {"language": "en", "text": "Behind the hotel"}


def _set(module: str, **fields: Any) -> Make:
    return each_object(module, lambda one: one.update(copy.deepcopy(fields)))


def _twice(module: str) -> Make:
    """List the last object of a page with the id of the first."""

    def spoil(asked: Any, answer: Any, data: list[Any]) -> Any:
        if not is_below(asked, module) or len(data) < 2 or "sender" not in asked.path:
            return answer
        name = "uid" if "uid" in data[0] else "id"
        return answer.with_fields(data=[*data[:-1], {**data[-1], name: data[0][name]}])

    return each_page(spoil)


def _evses(change: Callable[[dict[str, Any]], object]) -> Make:
    def spoil(one: dict[str, Any]) -> None:
        for evse in one.get("evses") or ():
            change(evse)

    return each_object("locations", spoil)


def _location_evses(change: Callable[[list[dict[str, Any]]], object]) -> Make:
    return each_object("locations", lambda one: change(one["evses"]) if one.get("evses") else None)


def _connectors(change: Callable[[dict[str, Any]], object]) -> Make:
    def spoil(evse: dict[str, Any]) -> None:
        for connector in evse.get("connectors") or ():
            change(connector)

    return _evses(spoil)


def _element(**fields: Any) -> Make:
    return each_object("tariffs", lambda one: one["elements"][0].update(copy.deepcopy(fields)))


def _component(**fields: Any) -> Make:
    def spoil(one: dict[str, Any]) -> None:
        one["elements"][0]["price_components"][0].update(fields)

    return each_object("tariffs", spoil)


def _periods(change: Callable[[list[dict[str, Any]]], object], module: str = "cdrs") -> Make:
    return each_object(module, lambda one: change(one["charging_periods"])
                       if one.get("charging_periods") else None)  # fmt: skip


def _period(start: str, **dimension: Any) -> dict[str, Any]:
    return {"start_date_time": start, "dimensions": [{"type": "ENERGY", "volume": 1, **dimension}]}


def _two_elements(one: dict[str, Any]) -> None:
    one["elements"] = [one["elements"][0], copy.deepcopy(one["elements"][0])]


def _sources(*percent: int) -> dict[str, Any]:
    sources = [{"source": "WIND" if at else "COAL", "percentage": one}
               for at, one in enumerate(percent)]  # fmt: skip
    return {"is_green_energy": False, "energy_sources": sources}


def _hours(**fields: Any) -> Make:
    return _set("locations", opening_times=fields)


def _same_uid(evses: list[dict[str, Any]]) -> None:
    evses.append(copy.deepcopy(evses[0]))


def _same_connector(evse: dict[str, Any]) -> None:
    evse["connectors"].append(copy.deepcopy(evse["connectors"][0]))


LOCATIONS: dict[str, Make] = {
    "location-id-twice": _twice("locations"),
    "evse-uid-twice": _location_evses(_same_uid),
    "connector-id-twice": _evses(_same_connector),
    "location-older-than-its-evses": _evses(lambda one: one.update(
        last_updated="2035-01-01T00:00:00Z")),
    "evse-older-than-its-connectors": _connectors(lambda one: one.update(
        last_updated="2035-01-01T00:00:00Z")),
    "connector-of-unknown-tariff": _connectors(lambda one: one.update(tariff_ids=["NO-TARIFF"],
                                                                      tariff_id="NO-TARIFF")),
    "published-for-some": _set("locations", publish=True, publish_allowed_to=[
        {"uid": "T1", "type": "RFID"}]),
    "publish-token-of-nothing": _set("locations", publish=False, publish_allowed_to=[
        {"issuer": "Example"}]),
    "publish-token-without-type": _set("locations", publish=False, publish_allowed_to=[
        {"uid": "T1"}]),
    "publish-token-without-issuer": _set("locations", publish=False, publish_allowed_to=[
        {"visual_number": "V1"}]),
    "location-country-unknown": _set("locations", country="XYZ"),
    "location-time-zone-unknown": _set("locations", time_zone="Mars/Base"),
    "location-coordinates-outside": _set("locations", coordinates={
        "latitude": "95.123456", "longitude": "5.109630"}),
    "location-at-null-island": _set("locations", coordinates={
        "latitude": "0.000000", "longitude": "0.000000"}),
    "location-energy-of-120-percent": _set("locations", energy_mix=_sources(60, 60)),
    "location-hours-with-24-hours": _hours(twentyfourseven=True, regular_hours=[
        {"weekday": 1, "period_begin": "08:00", "period_end": "20:00"}]),
    "location-hours-of-nothing": _hours(twentyfourseven=False),
    "location-weekday-eight": _hours(twentyfourseven=False, regular_hours=[
        {"weekday": 8, "period_begin": "08:00", "period_end": "20:00"}]),
    "location-exception-reversed": _hours(twentyfourseven=True, exceptional_closings=[
        {"period_begin": _LATE, "period_end": _EARLY}]),
    "location-language-unknown": _set("locations", directions=[{**_TEXT, "language": "xx"}]),
    "location-text-with-markup": _set("locations", directions=[{**_TEXT, "text": "<b>Here</b>"}]),
    "location-name-with-line-break": _set("locations", name="Station\nsquare"),
    "location-updated-in-the-future": _set("locations", last_updated="2099-01-01T00:00:00Z"),
    "location-of-another-country-code": _set("locations", country_code="XQ"),
    "evse-id-of-no-form": _evses(lambda one: one.update(evse_id="station 1")),
    "evse-schedule-reversed": _evses(lambda one: one.update(status_schedule=[
        {"status": "CLOSED", "period_begin": _LATE, "period_end": _EARLY}])),
    "connector-power-too-high": _connectors(lambda one: one.update(max_electric_power=900000)),
    "connector-without-voltage": _connectors(lambda one: one.update(max_voltage=0)),
    "connector-terms-at-relative-url": _connectors(lambda one: one.update(
        terms_and_conditions="/terms")),
    "image-at-relative-url": _set("locations", images=[
        {"url": "/i.png", "category": "LOCATION", "type": "png"}]),
}  # fmt: skip

MONEY: dict[str, Make] = {
    "session-id-twice": _twice("sessions"),
    "session-completed-without-end": _set("sessions", status="COMPLETED"),
    "session-ends-before-it-starts": _set("sessions", status="COMPLETED", end_date_time=_EARLY,
                                          end_datetime=_EARLY),
    "session-of-negative-energy": _set("sessions", kwh=-1),
    "session-energy-unlike-its-periods": _set("sessions", kwh=99.0, charging_periods=[
        _period("2026-01-01T10:00:00Z")]),
    "session-periods-out-of-order": _set("sessions", charging_periods=[
        _period("2026-01-01T11:00:00Z"), _period("2026-01-01T10:00:00Z")]),
    "session-of-unknown-currency": _set("sessions", currency="EUX"),
    "session-at-unknown-location": _set("sessions", location_id="NOWHERE"),
    "session-of-negative-cost": _set("sessions", total_cost={"excl_vat": -1, "before_taxes": -1}),
    "session-token-without-contract": each_object("sessions", lambda one: one["cdr_token"].update(
        contract_id="")),
    "cdr-id-twice": _twice("cdrs"),
    "cdr-id-of-39-characters": _set("cdrs", id="C" * 39),
    "cdr-ends-before-it-starts": _set("cdrs", end_date_time=_EARLY, stop_date_time=_EARLY),
    "cdr-credit-without-reference": _set("cdrs", credit=True),
    "cdr-credit-of-positive-cost": _set("cdrs", credit=True, credit_reference_id="CDR0"),
    "cdr-credit-of-itself": each_object("cdrs", lambda one: one.update(
        credit=True, credit_reference_id=one["id"])),
    "cdr-of-unknown-currency": _set("cdrs", currency="EUX"),
    "cdr-tariff-not-there": _periods(lambda found: found[0].update(tariff_id="NO-TARIFF")),
    "cdr-periods-out-of-order": _periods(lambda found: found.append(
        _period("2026-01-01T09:00:00Z"))),
    "cdr-period-after-its-end": _periods(lambda found: found.append(
        _period("2030-01-01T09:00:00Z", volume=0))),
    "cdr-dimension-of-sessions": _periods(lambda found: found[0]["dimensions"].append(
        {"type": "CURRENT", "volume": 1})),
    "cdr-of-negative-volume": _periods(lambda found: found[0]["dimensions"].append(
        {"type": "TIME", "volume": -1})),
    "cdr-energy-unlike-its-periods": each_object("cdrs", lambda one: one.update(
        total_energy=one["total_energy"] + 5)),
    "cdr-time-unlike-its-dates": _set("cdrs", total_time=9),
    "cdr-parking-longer-than-all": _set("cdrs", total_parking_time=50),
    "cdr-cost-unlike-its-parts": _set("cdrs", total_fixed_cost={
        "excl_vat": 500, "before_taxes": 500}),
    "cdr-vat-below-net": each_object("cdrs", lambda one: one.update(
        total_cost={**one["total_cost"], "incl_vat": 0.01})
        if isinstance(one.get("total_cost"), dict) else None),
    "cdr-signed-not-in-base64": _set("cdrs", signed_data={
        "encoding_method": "OCMF",
        "signed_values": [{"nature": "Start", "plain_data": "x", "signed_data": "%%%"}]}),
    "cdr-of-unknown-session": _set("cdrs", session_id="NO-SESSION"),
    "tariff-id-twice": _twice("tariffs"),
    "tariff-of-unknown-currency": _set("tariffs", currency="EUX"),
    "tariff-ends-before-it-starts": _set("tariffs", start_date_time=_LATE, end_date_time=_EARLY),
    "tariff-least-price-above-most": _set("tariffs", min_price={"excl_vat": 9, "before_taxes": 9},
                                          max_price={"excl_vat": 1, "before_taxes": 1}),
    "tariff-element-never-reached": each_object("tariffs", _two_elements),
    "tariff-restriction-reversed": _element(restrictions={"min_kwh": 10, "max_kwh": 5}),
    "tariff-dates-reversed": _element(restrictions={
        "start_date": "2026-02-01", "end_date": "2026-01-01"}),
    "tariff-reservation-of-energy": _element(restrictions={"reservation": "RESERVATION"}),
    "tariff-step-negative": _component(step_size=-1),
    "tariff-price-negative": _component(price=-5),
    "tariff-vat-of-2000-percent": _component(vat=2000),
    "token-id-twice": _twice("tokens"),
    "token-language-unknown": _set("tokens", language="xx"),
    "token-of-app-always": _set("tokens", type="APP_USER", whitelist="ALWAYS"),
    "token-contract-of-no-form": _set("tokens", contract_id="my contract"),
    "client-info-twice": each_page(
        lambda asked, answer, data: answer.with_fields(data=[*data, data[0]])
        if is_below(asked, "hubclientinfo") and data else answer),
    "calendar-slot-outside": each_object("bookings", lambda one: [
        cal["available_timeslots"].append({"start_date_time": _EARLY, "end_date_time": _LATE})
        for cal in one.get("calendars") or ()]),
    "confirmation-of-unknown-currency": _set("payments", currency="EUX"),
    "record-of-unknown-cdrs": _set("invoicereconciliation", cdrs=["NO-CDR"]),
}  # fmt: skip

SEMANTICS: dict[str, Make] = {**LOCATIONS, **MONEY}
