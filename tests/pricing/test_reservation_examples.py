"""Examples of the specification with reservations, priced."""

import pytest

from tests.pricing.shapes import (
    MONDAY,
    Tariff,
    amount,
    charging,
    element,
    part,
    reserving,
    run,
)
from tests.pricing.test_examples import ENERGY, START_FEE


def _reservable(*reservations: tuple[str, str, str, int]) -> Tariff:
    elements = [
        element(part(kind, hourly, "20", step), reservation=which)
        for which, kind, hourly, step in reservations
    ]
    return Tariff([*elements, element(START_FEE, ENERGY)])


def test_reservation_time() -> None:
    tariff = _reservable(("RESERVATION", "TIME", "5.00", 60))
    cost = run(tariff, MONDAY, reserving(15), charging(60, "20"))
    assert cost.total_cost == amount("6.75", "7.60")
    assert cost.total_reservation_cost == amount("1.25", "1.50")
    assert cost.total_time == 1


def test_reservation_fee_and_time() -> None:
    tariff = _reservable(("RESERVATION", "FLAT", "2.00", 1), ("RESERVATION", "TIME", "5.00", 300))
    cost = run(tariff, MONDAY, reserving(13), charging(60, "20"))
    assert cost.total_cost == amount("8.75", "10.00")
    assert cost.total_reservation_cost == amount("3.25", "3.90")
    assert cost.total_fixed_cost == amount("0.50", "0.60")


@pytest.fixture
def with_expiry_fee() -> Tariff:
    fee = ("RESERVATION_EXPIRES", "FLAT", "4.00", 1)
    return _reservable(fee, ("RESERVATION", "TIME", "2.00", 600))


def test_reservation_with_an_expiry_fee_is_used(with_expiry_fee: Tariff) -> None:
    cost = run(with_expiry_fee, MONDAY, reserving(22), charging(60, "20"))
    assert cost.total_cost == amount("6.50", "7.30")


def test_reservation_with_an_expiry_fee_expires(with_expiry_fee: Tariff) -> None:
    cost = run(with_expiry_fee, MONDAY, reserving(60))
    assert cost.total_cost == cost.total_reservation_cost == amount("6.00", "7.20")
    assert cost.total_time == 0


@pytest.fixture
def with_expiry_time() -> Tariff:
    expired = ("RESERVATION_EXPIRES", "TIME", "6.00", 600)
    return _reservable(expired, ("RESERVATION", "TIME", "3.00", 600))


def test_reservation_with_an_expiry_price_is_used(with_expiry_time: Tariff) -> None:
    cost = run(with_expiry_time, MONDAY, reserving(22), charging(60, "20"))
    assert cost.total_cost == amount("7.00", "7.90")


def test_reservation_with_an_expiry_price_expires(with_expiry_time: Tariff) -> None:
    assert run(with_expiry_time, MONDAY, reserving(90)).total_cost == amount("9.00", "10.80")
