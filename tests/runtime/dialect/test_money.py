"""Repairs of tariffs, sessions and CDRs: what they cost stays what it was."""

import json
from decimal import Decimal
from typing import Any

import pytest

from ocpi_bindings.v2_1_1.models import CDR as CDR_2_1_1
from ocpi_bindings.v2_2_1.models import CDR, Session, Tariff
from ocpi_bindings.v2_3_0.models import CDR as CDR_2_3_0
from ocpi_runtime.codec import encode
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.testing import Factory


def _sample(kind: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(encode(Factory(seed=1, full=True).make(kind)))
    return found


def _restricted(**restrictions: Any) -> dict[str, Any]:
    tariff = _sample(Tariff)
    tariff["elements"][0]["restrictions"] = restrictions
    return tariff


@pytest.mark.parametrize(
    ("name", "sent", "after"),
    [
        ("start_date", "2026-01-05T00:00:00Z", "2026-01-05"),
        ("start_date", "20260105", "2026-01-05"),
        ("end_date", "2026/1/5", "2026-01-05"),
        (
            "day_of_week",
            ["mon", "Dienstag", 3, "4"],
            ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY"],
        ),
        ("max_duration", "90 min", 5400),
        ("max_duration", "PT1H30M", 5400),
        ("max_duration", "01:30:00", 5400),
        ("max_duration", {"value": 90, "unit": "min"}, 5400),
        ("day_of_week", "Sa-Mo", ["SATURDAY", "SUNDAY", "MONDAY"]),
        ("min_current", "16A", 16),
        ("start_time", "8:00", "08:00"),
    ],
)
def test_a_restriction_in_another_form_means_the_same(name: str, sent: Any, after: Any) -> None:
    reading = Dialect.lenient.read(_restricted(**{name: sent}), Tariff)

    assert reading.verdict == "repaired"
    assert reading.value["elements"][0]["restrictions"] == {name: after}


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("day_of_week", ["MONDAY", "bank holiday"]),
        ("start_date", "2026-01-05T23:00:00Z"),
        ("max_kwh", "a lot"),
        ("start_time", "08:00+01:00"),
    ],
)
def test_a_restriction_that_cannot_be_read_is_not_left_out(name: str, sent: Any) -> None:
    reading = Dialect.lenient.read(_restricted(**{name: sent}), Tariff)

    assert reading.verdict == "partial"
    assert reading.value["elements"][0]["restrictions"] == {name: sent}


def test_a_session_keeps_periods_that_cannot_be_read() -> None:
    session = _sample(Session)
    session["charging_periods"][0]["dimensions"] = [{"type": "SINGING", "volume": 1}]

    reading = Dialect.lenient.read(session, Session)

    assert reading.verdict == "partial"
    assert reading.value["charging_periods"] == session["charging_periods"]


@pytest.mark.parametrize("sent", [12.5, "12.50", {"before_taxes": 12.5}])
def test_a_price_of_another_version_is_the_amount_without_vat(sent: Any) -> None:
    reading = Dialect.lenient.read(_sample(CDR) | {"total_cost": sent}, CDR)

    assert reading.verdict == "repaired"
    assert reading.object is not None
    assert reading.object.total_cost.excl_vat == Decimal("12.5")


def test_a_price_becomes_a_number_where_one_is_due() -> None:
    sent = {"excl_vat": 12.5, "incl_vat": 15}

    old = Dialect.lenient.read(_sample(CDR_2_1_1) | {"total_cost": sent}, CDR_2_1_1)
    new = Dialect.lenient.read(_sample(CDR_2_3_0) | {"total_cost": sent}, CDR_2_3_0)

    assert (old.verdict, old.value["total_cost"]) == ("repaired", Decimal("12.5"))
    assert (new.verdict, new.value["total_cost"]["before_taxes"]) == ("repaired", Decimal("12.5"))


@pytest.mark.parametrize("sent", ["eur", "Eur ", "€", "Euro"])
def test_a_currency_gets_its_code(sent: str) -> None:
    reading = Dialect.standard.read(_sample(Tariff) | {"currency": sent}, Tariff)

    assert (reading.verdict, reading.value["currency"]) == ("repaired", "EUR")
    assert [each.rule for each in reading.repairs] == ["currency-code"]


@pytest.mark.parametrize(
    ("sent", "after"),
    [
        ("€ 0,25", "0.25"),
        ("0.25 EUR", "0.25"),
        ("0.25 €/kWh", "0.25"),
        ({"amount": "0.25", "currency": "EUR"}, "0.25"),
        ({"value": 0.25}, "0.25"),
    ],
)
def test_a_price_with_its_currency_is_the_amount(sent: Any, after: str) -> None:
    tariff = _sample(Tariff)
    tariff["elements"][0]["price_components"][0]["price"] = sent

    reading = Dialect.lenient.read(tariff, Tariff)

    assert reading.verdict == "repaired", reading.remaining
    price = reading.value["elements"][0]["price_components"][0]["price"]
    assert Decimal(str(price)) == Decimal(after)
    assert "value-object" in {each.rule for each in reading.repairs} or isinstance(sent, str)


@pytest.mark.parametrize("sent", ["25 ct", "0.25 €/min", "1.234,50", "EUR", "0.25 or 0.30"])
def test_a_price_that_could_be_another_amount_is_not_changed(sent: str) -> None:
    tariff = _sample(Tariff)
    tariff["elements"][0]["price_components"][0]["price"] = sent

    reading = Dialect.lenient.read(tariff, Tariff)

    assert reading.verdict == "partial"
    assert reading.value["elements"][0]["price_components"][0]["price"] == sent


@pytest.mark.parametrize(
    ("sent", "after"), [("1500 Wh", "1.5"), ({"value": 1500, "unit": "Wh"}, "1.5")]
)
def test_energy_in_watt_hours_becomes_kilowatt_hours(sent: Any, after: str) -> None:
    reading = Dialect.lenient.read({**_sample(Session), "kwh": sent}, Session)

    assert reading.verdict == "repaired", reading.remaining
    assert Decimal(str(reading.value["kwh"])) == Decimal(after)
