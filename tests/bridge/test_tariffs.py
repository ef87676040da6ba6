"""Tariffs and taxes in other versions."""

from typing import Any

import pytest

from ocpi_bridge import NotConvertible, convert
from tests.bridge.support import samples
from tests.bridge.support.contexts import CONTEXT
from tests.bridge.support.conversions import assumed, changed, convert_sample, lost
from tests.bridge.support.round_trips import plain


def test_a_tariff_with_taxes_for_a_partner_with_2_1_1() -> None:
    found = convert_sample(samples.TARIFF_2_3_0, "Tariff", "2.3.0", "2.1.1")
    assert plain(found.value)["elements"] == [
        {
            "price_components": [
                {"type": "ENERGY", "price": 0.5, "step_size": 1},
                {"type": "FLAT", "price": 1, "step_size": 1},
            ]
        }
    ]
    assert lost(found) == {
        "/elements/0/price_components/0/price",
        "/elements/0/price_components/0/vat",
        "/elements/0/price_components/1/price",
        "/elements/1",
        "/elements/1/price_components/0/price",
        "/elements/2",
        "/max_price",
        "/tax_included",
        "/type",
    }


def test_limits_are_the_same_in_2_2_1() -> None:
    found = convert_sample(samples.TARIFF_2_3_0, "Tariff", "2.3.0", "2.2.1")
    limit = found.value.max_price
    assert (str(limit.excl_vat), str(limit.incl_vat)) == ("40", "48.4")


def test_prices_without_taxes_stay_as_they_are() -> None:
    document = changed(samples.TARIFF_2_3_0, tax_included="NO")
    found = convert_sample(document, "Tariff", "2.3.0", "2.2.1")
    assert lost(found) == {"/elements/2"}
    back = convert(found.value, "2.3.0", context=CONTEXT)
    assert back.value.tax_included == "NO"
    assert assumed(back) == {"/tax_included"}


def test_a_tariff_of_which_nothing_is_left_is_refused() -> None:
    document = changed(samples.TARIFF_2_3_0, elements=samples.TARIFF_2_3_0["elements"][1:2])
    with pytest.raises(NotConvertible, match="reservation") as caught:
        convert_sample(document, "Tariff", "2.3.0", "2.0")
    assert caught.value.pointer == "/elements"


def test_dates_get_the_form_of_2_2() -> None:
    prices = [{"type": "FLAT", "price": 1, "step_size": 1}]
    elements = [
        {"price_components": prices, "restrictions": {"start_date": "2024/1/31"}},
        {"price_components": prices, "restrictions": {"end_date": "2024-02-30"}},
    ]
    tariff = {"id": "1", "currency": "EUR", "elements": elements}
    document = tariff | {"last_updated": samples.UPDATED}
    found = convert_sample(document, "Tariff", "2.1.1", "2.2")
    assert found.value.elements[0].restrictions.start_date == "2024-01-31"
    assert lost(found) == {"/elements/1"}


@pytest.mark.parametrize(
    ("taxes", "gross", "reported"),
    [
        (None, None, set()),
        ([], None, set()),
        ([{"name": "VAT", "amount": 2}], 12, set()),
        ([{"name": "GST", "amount": 2}], 12, {"/total_cost/taxes/0/name"}),
        (
            [{"name": "VAT", "amount": 2, "percentage": 20}],
            12,
            {"/total_cost/taxes/0/percentage"},
        ),
        (
            [{"name": "GST", "amount": 1}, {"name": "QST", "amount": 2}],
            13,
            {"/total_cost/taxes"},
        ),
    ],
)
def test_taxes_are_added_up(taxes: Any, gross: int | None, reported: set[str]) -> None:
    price = changed({"before_taxes": 10}, taxes=taxes)
    document = changed(samples.SESSION_2_3_0, total_cost=price)
    found = convert_sample(document, "Session", "2.3.0", "2.2.1")
    assert plain(found.value)["total_cost"] == changed({"excl_vat": 10}, incl_vat=gross)
    assert lost(found) == reported
    if not reported and taxes:
        back = convert(found.value, "2.3.0")
        assert plain(back.value)["total_cost"] == price


def test_a_restriction_that_is_no_number_widens_nothing() -> None:
    prices = [{"type": "FLAT", "price": "1", "step_size": 1}]
    elements = [
        {"price_components": prices, "restrictions": {"min_kwh": limit}} for limit in ("#NA", "5.5")
    ]
    document = {"id": "1", "currency": "EUR", "elements": elements}
    found = convert_sample(document, "Tariff", "2.0", "2.1.1")
    (element,) = found.value.elements
    assert str(element.restrictions.min_kwh) == "5.5"
    assert lost(found) == {"/elements/0"}


def test_a_sum_with_taxes_beyond_the_numbers_of_json_is_left_out() -> None:
    price = {"before_taxes": 1.5e308, "taxes": [{"name": "VAT", "amount": 1.5e308}]}
    document = changed(samples.SESSION_2_3_0, total_cost=price)
    found = convert_sample(document, "Session", "2.3.0", "2.2.1")
    assert "total_cost" not in plain(found.value)
    assert lost(found) == {"/total_cost"}
