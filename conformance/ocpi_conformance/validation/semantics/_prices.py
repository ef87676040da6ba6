"""Checks of prices: tariffs, and CDRs against the tariffs in them where plain sums suffice."""

from collections.abc import Iterator
from typing import Any, Final

from ocpi_conformance.validation.semantics._charging import volumes
from ocpi_conformance.validation.semantics._context import Context, Json, items
from ocpi_conformance.validation.semantics._numbers import net, number

__all__ = ["check_elements", "check_price_range", "check_prices", "check_taxes"]

_CENT: Final = 0.01
_UNITS: Final = {"ENERGY": 1000.0, "TIME": 3600.0, "PARKING_TIME": 3600.0}
"""How many steps of size 1 the volume 1 has."""
_RANGES: Final = ("kwh", "current", "power", "duration")
_PRICES: Final = (
    "total_cost", "total_fixed_cost", "total_energy_cost", "total_time_cost",
    "total_parking_cost", "total_reservation_cost", "min_price", "max_price",
)  # fmt: skip


def check_taxes(value: Json, at: str, context: Context) -> None:
    """Warn where a price with VAT is lower than without."""
    for name in _PRICES:
        price = value.get(name)
        if not isinstance(price, dict):
            continue
        without, including = number(price.get("excl_vat")), number(price.get("incl_vat"))
        if without is not None and including is not None and 0 <= including < without - _CENT:
            text = f"is {including:g}, less than excl_vat, {without:g}"
            context.warn("price-vat", f"{at}/{name}/incl_vat", text, including)


def check_price_range(value: Json, at: str, context: Context) -> None:
    """Warn where the least price of a tariff is above the highest."""
    least, most = net(value.get("min_price")), net(value.get("max_price"))
    if least is not None and most is not None and least > most:
        text = f"is {least:g}, above max_price, {most:g}"
        context.warn("range", f"{at}/min_price", text, value["min_price"])


def check_elements(value: Json, at: str, context: Context) -> None:
    """Warn of elements of a tariff that never apply, and components that cannot be."""
    reached: set[str] = set()
    for index, element in items(value, "elements"):
        place = f"{at}/elements/{index}"
        kinds = {str(one.get("type")) for _, one in items(element, "price_components")}
        if kinds and kinds <= reached:
            text = f"never applies: an element without restrictions has {', '.join(sorted(kinds))}"
            context.warn("element-unreachable", place, text)
        if not element.get("restrictions"):
            reached |= kinds
        _check_restrictions(element.get("restrictions"), f"{place}/restrictions", context)
        for number_, component in items(element, "price_components"):
            _check_step(component, f"{place}/price_components/{number_}", context)


def _check_restrictions(value: Any, at: str, context: Context) -> None:
    if not isinstance(value, dict):
        return
    for name in _RANGES:
        least, most = number(value.get(f"min_{name}")), number(value.get(f"max_{name}"))
        if least is not None and most is not None and least >= most:
            text = f"is {least:g}, not below max_{name}, {most:g}"
            context.warn("range", f"{at}/min_{name}", text, least)
    begin, end = value.get("start_date"), value.get("end_date")
    if isinstance(begin, str) and isinstance(end, str) and end < begin:
        context.warn("period", f"{at}/end_date", f"{end} is before start_date, {begin}", end)


def _check_step(component: Json, at: str, context: Context) -> None:
    step = number(component.get("step_size"))
    if step is not None and step < 0:
        context.warn("range", f"{at}/step_size", f"is {step:g}, and cannot be negative", step)


def check_prices(value: Json, at: str, context: Context) -> None:
    """Warn where the cost of a CDR does not fit the tariff in it."""
    tariffs = [tariff for _, tariff in items(value, "tariffs")]
    for index, tariff in enumerate(tariffs):
        mine, other = value.get("currency"), tariff.get("currency")
        if mine and other and mine != other:
            text = f"is {other}, while the CDR is in {mine}"
            context.warn("cost-tariff", f"{at}/tariffs/{index}/currency", text, other)
    total = net(value.get("total_cost"))
    if len(tariffs) != 1 or total is None or value.get("credit") or _taxed(tariffs[0]):
        return
    for text in _differences(total, value, tariffs[0]):
        context.warn("cost-tariff", f"{at}/total_cost", f"is {total:g}, {text}", total)


def _taxed(tariff: Json) -> bool:
    return tariff.get("tax_included") == "YES"


def _differences(total: float, value: Json, tariff: Json) -> Iterator[str]:
    least, most = net(tariff.get("min_price")), net(tariff.get("max_price"))
    if most is not None and total > most + _CENT:
        yield f"above max_price of the tariff, {most:g}"
    elif least is not None and total < least - _CENT:
        yield f"below min_price of the tariff, {least:g}"
    elif least is None and most is None and (bounds := _bounds(value, tariff)):
        low, high = bounds
        if not low - _CENT <= total <= high + _CENT:
            yield f"but its volumes cost {low:.2f} to {high:.2f} by the tariff"


def _bounds(value: Json, tariff: Json) -> tuple[float, float] | None:
    """Return the least and highest cost by a tariff of one element that always applies.

    The highest is that of one more step; None where no plain sum has the cost.
    """
    elements = [one for _, one in items(tariff, "elements")]
    if len(elements) != 1 or elements[0].get("restrictions"):
        return None
    used, low, high = volumes(value), 0.0, 0.0
    for _, component in items(elements[0], "price_components"):
        kind, price = str(component.get("type")), number(component.get("price"))
        if price is None or price < 0 or (kind != "FLAT" and kind not in _UNITS):
            return None
        if kind == "FLAT":
            low, high = low + price, high + price
            continue
        if kind not in used and kind != "PARKING_TIME":
            return None
        step = max(number(component.get("step_size")) or 1.0, 1.0) / _UNITS[kind]
        low, high = low + price * used[kind], high + price * (used[kind] + step)
    return low, high
