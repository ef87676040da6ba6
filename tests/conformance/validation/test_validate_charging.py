"""Sessions, CDRs and tariffs whose parts contradict each other, and places, get warnings."""

import copy
from typing import Any

import pytest

from tests.conformance.validation.test_validate import location
from tests.conformance.validation.test_validate_semantics import connector, evse, warnings
from tests.server_impl import samples

START, END = "2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"
TARIFF = samples.tariff()


def volumes(start: str = START, **more: float) -> dict[str, Any]:
    dimensions = [{"type": name, "volume": volume} for name, volume in more.items()]
    return {"start_date_time": start, "dimensions": dimensions}


def free_tariff(**more: Any) -> dict[str, Any]:
    return {**copy.deepcopy(TARIFF), **more}


def elements(*restrictions: dict[str, Any] | None, **component: Any) -> list[dict[str, Any]]:
    plain = {"type": "ENERGY", "price": 0.25, "step_size": 1, **component}
    found = [{"price_components": [plain], "restrictions": one} for one in restrictions]
    return [{name: value for name, value in one.items() if value} for one in found]


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("Session", samples.session()),
        ("Session", samples.session(kwh=1.5, charging_periods=[samples.period(START)])),
        ("Session", samples.session(status="COMPLETED", end_date_time=END)),
        ("CDR", samples.cdr()),
        ("CDR", samples.cdr(tariffs=[TARIFF], total_energy_cost={"excl_vat": 2.75})),
        ("CDR", samples.cdr(total_cost={"excl_vat": 1}, tariffs=[
            free_tariff(elements=elements({"min_kwh": 5}))])),
        ("CDR", samples.cdr(credit=True, credit_reference_id="CDR0",
                            total_cost={"excl_vat": -2.75})),
        ("Tariff", samples.tariff(elements=elements({"max_kwh": 5}, None))),
        ("Tariff", samples.tariff(min_price={"excl_vat": 1, "incl_vat": 1.2})),
    ],
)  # fmt: skip
def test_what_fits_together_has_no_warning(name: str, one: dict[str, Any]) -> None:
    assert warnings(one, name=name) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"status": "COMPLETED"}, "session-end"),
        ({"kwh": -1}, "total-negative"),
        ({"kwh": 99, "charging_periods": [volumes(ENERGY=1)], "status": "COMPLETED",
          "end_date_time": END}, "energy-sum"),
        ({"kwh": 1, "charging_periods": [volumes(ENERGY=5)]}, "energy-sum"),
        ({"charging_periods": [volumes(END), volumes(START)]}, "period-order"),
        ({"charging_periods": [volumes("2026-01-01T09:59:59Z")]}, "period-outside"),
        ({"total_cost": {"excl_vat": 2, "incl_vat": 1}}, "price-vat"),
    ],
)  # fmt: skip
def test_a_session_is_checked(changes: dict[str, Any], rule: str) -> None:
    assert {found for found, _ in warnings(samples.session(**changes), name="Session")} == {rule}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"total_energy": 12}, "energy-sum"),
        ({"total_time": 9}, "time-sum"),
        ({"total_parking_time": 2}, "time-sum"),
        ({"total_time": -1}, "total-negative"),
        ({"total_fixed_cost": {"excl_vat": 500}}, "cost-sum"),
        ({"charging_periods": [volumes(ENERGY=11, TIME=-1)]}, "volume-negative"),
        ({"charging_periods": [volumes("2026-01-01T11:00:01Z", ENERGY=11)]}, "period-outside"),
        ({"cdr_token": {**samples.cdr()["cdr_token"], "contract_id": ""}}, "cdr-token"),
        ({"credit": True, "total_cost": {"excl_vat": -2.75}}, "credit"),
        ({"credit": True, "credit_reference_id": "CDR0"}, "credit"),
        ({"credit": True, "credit_reference_id": "cdr1", "total_cost": {"excl_vat": -1}}, "credit"),
        ({"credit_reference_id": "CDR0"}, "credit"),
        ({"tariffs": [free_tariff(currency="USD")]}, "cost-tariff"),
        ({"tariffs": [free_tariff(max_price={"excl_vat": 2})]}, "cost-tariff"),
        ({"tariffs": [free_tariff(min_price={"excl_vat": 3})]}, "cost-tariff"),
        ({"tariffs": [free_tariff(elements=elements(None, price=0.2))]}, "cost-tariff"),
        ({"tariffs": [free_tariff(elements=elements(None, price=0))]}, "cost-tariff"),
    ],
)
def test_a_cdr_is_checked(changes: dict[str, Any], rule: str) -> None:
    found = {found for found, _ in warnings(samples.cdr(**changes), name="CDR")}
    assert rule in found
    assert found <= {rule, "time-sum"}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"elements": elements(None, None)}, "element-unreachable"),
        ({"elements": elements({"min_kwh": 5, "max_kwh": 5})}, "range"),
        ({"elements": elements({"start_date": "2026-02-01", "end_date": "2026-01-01"})}, "period"),
        ({"elements": elements(None, step_size=-1)}, "range"),
        ({"min_price": {"excl_vat": 9}, "max_price": {"excl_vat": 1}}, "range"),
    ],
)
def test_a_tariff_is_checked(changes: dict[str, Any], rule: str) -> None:
    assert {found for found, _ in warnings(samples.tariff(**changes), name="Tariff")} == {rule}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"publish": True, "publish_allowed_to": [{"uid": "T", "type": "RFID"}]}, "publish-tokens"),
        ({"publish": False, "publish_allowed_to": [{"issuer": "X"}]}, "publish-tokens"),
        ({"publish": False, "publish_allowed_to": [{"uid": "T"}]}, "publish-tokens"),
        ({"publish": False, "publish_allowed_to": [{"visual_number": "V"}]}, "publish-tokens"),
        ({"opening_times": {"twentyfourseven": False}}, "opening-hours"),
        ({"opening_times": {"twentyfourseven": True, "regular_hours": [
            {"weekday": 1, "period_begin": "08:00", "period_end": "20:00"}]}}, "opening-hours"),
        ({"opening_times": {"twentyfourseven": False, "regular_hours": [
            {"weekday": 8, "period_begin": "08:00", "period_end": "20:00"}]}}, "opening-hours"),
        ({"opening_times": {"twentyfourseven": True, "exceptional_closings": [
            {"period_begin": END, "period_end": START}]}}, "period"),
        ({"energy_mix": {"is_green_energy": True, "energy_sources": [
            {"source": "WIND", "percentage": 60}]}}, "energy-mix"),
        ({"directions": [{"language": "en", "text": "<b>Here</b>"}]}, "text"),
        ({"name": "Station\nsquare"}, "text"),
        ({"images": [{"url": "/i.png", "category": "LOCATION", "type": "png"}]}, "url"),
        ({"evses": [evse(evse_id="station 1")]}, "evse-id"),
        ({"evses": [evse("E1", connector(), connector())]}, "connector-id-twice"),
        ({"evses": [evse("E1", connector(terms_and_conditions="/terms"))]}, "url"),
        ({"evses": [evse(status_schedule=[
            {"status": "CLOSED", "period_begin": END, "period_end": START}])]}, "period"),
    ],
)  # fmt: skip
def test_a_place_is_checked(changes: dict[str, Any], rule: str) -> None:
    assert {found for found, _ in warnings(location(**changes))} == {rule}
