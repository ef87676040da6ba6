"""Checks of tariffs, sessions, CDRs, tokens and credentials."""

from typing import Any, Final

from ocpi_conformance.validation.semantics._charging import (
    check_credit,
    check_end,
    check_periods,
    check_token_of,
    check_totals,
)
from ocpi_conformance.validation.semantics._common import (
    check_country_code,
    check_currency,
    check_id,
    check_last_updated,
    check_order,
)
from ocpi_conformance.validation.semantics._context import Context, Json, items
from ocpi_conformance.validation.semantics._locations import check_place
from ocpi_conformance.validation.semantics._prices import (
    check_elements,
    check_price_range,
    check_prices,
    check_taxes,
)

__all__ = ["check_cdr", "check_credentials", "check_session", "check_tariff", "check_token"]

_NAMES: Final = (("start_date_time", "end_date_time"), ("start_date_time", "stop_date_time"),
                 ("start_datetime", "end_datetime"))  # fmt: skip
"""How the versions call the begin and the end of a session."""


def check_tariff(value: Json, at: str, context: Context) -> None:
    """Check a tariff, and remember its id for the connectors that refer to it."""
    check_id(value, at, context, "Tariff")
    _check_tariff(value, at, context)
    context.has_tariffs = True
    if isinstance(uid := value.get("id"), str):
        context.tariff_ids.add(uid.upper())


def _check_tariff(value: Json, at: str, context: Context) -> None:
    check_country_code(value, at, context)
    check_currency(value, at, context)
    check_last_updated(value, at, context)
    check_order(value, at, context, "start_date_time", "end_date_time")
    check_price_range(value, at, context)
    check_taxes(value, at, context)
    check_elements(value, at, context)
    for index, element in items(value, "elements"):
        for number, component in items(element, "price_components"):
            pointer = f"{at}/elements/{index}/price_components/{number}/vat"
            _check_vat(component.get("vat"), pointer, context)


def _check_vat(vat: Any, pointer: str, context: Context) -> None:
    if isinstance(vat, int | float) and not isinstance(vat, bool) and 0 < vat < 1:
        text = f"is {vat}; VAT is a percentage: {vat * 100:g} is meant"
        context.warn("vat", pointer, text, vat)


def check_session(value: Json, at: str, context: Context) -> None:
    """Check a session."""
    check_id(value, at, context, "Session")
    _check_charged(value, at, context)
    check_end(value, at, context)


def check_cdr(value: Json, at: str, context: Context) -> None:
    """Check a CDR, and the tariffs and the place in it."""
    check_id(value, at, context, "CDR")
    _check_charged(value, at, context)
    check_totals(value, at, context)
    check_credit(value, at, context)
    check_prices(value, at, context)
    place = value.get("cdr_location")
    if isinstance(place, dict):
        check_place(place, f"{at}/cdr_location", context)
    for index, tariff in items(value, "tariffs"):
        _check_tariff(tariff, f"{at}/tariffs/{index}", context)


def _check_charged(value: Json, at: str, context: Context) -> None:
    check_country_code(value, at, context)
    check_currency(value, at, context)
    check_last_updated(value, at, context)
    for first, last in _NAMES:
        check_order(value, at, context, first, last)
    check_periods(value, at, context)
    check_token_of(value, at, context)
    check_taxes(value, at, context)
    place = value.get("location")
    if isinstance(place, dict):
        check_place(place, f"{at}/location", context)


def check_token(value: Json, at: str, context: Context) -> None:
    """Check a token."""
    check_id(value, at, context, "Token", "uid")
    check_country_code(value, at, context)
    check_last_updated(value, at, context)


def check_credentials(value: Json, at: str, context: Context) -> None:
    """Check the parties of credentials."""
    check_country_code(value, at, context)
    for index, role in items(value, "roles"):
        check_country_code(role, f"{at}/roles/{index}", context)
