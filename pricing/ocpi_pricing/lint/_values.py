"""Prices, taxes, steps and times of a tariff that nobody is likely to have meant."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Final

from ocpi_pricing.lint._findings import Findings, Json, components_of, number_of

__all__ = ["check_tariff", "moment"]

_HIGHEST_VAT: Final = 30
_DEAREST: Final = {"ENERGY": Decimal(3), "TIME": Decimal(60), "PARKING_TIME": Decimal(120),
                   "FLAT": Decimal(100)}  # fmt: skip
"""What is the most that anybody asks for, in euros."""
_CHEAPEST: Final = {"ENERGY": Decimal("0.005"), "TIME": Decimal("0.01"),
                    "PARKING_TIME": Decimal("0.01")}  # fmt: skip
_LONGEST: Final = {"ENERGY": 50_000, "TIME": 86_400, "PARKING_TIME": 86_400}
_UNITS: Final = {"ENERGY": "kWh", "TIME": "hour", "PARKING_TIME": "hour", "FLAT": "session"}
_PER_EURO: Final = {
    "AED": 4, "AUD": 2, "BGN": 2, "BRL": 6, "CAD": 2, "CHF": 1, "CNY": 8, "CZK": 25, "DKK": 8,
    "EUR": 1, "GBP": 1, "HUF": 400, "ILS": 4, "INR": 95, "ISK": 150, "JPY": 165, "KRW": 1550,
    "MXN": 20, "NOK": 12, "NZD": 2, "PLN": 4, "RON": 5, "RSD": 117, "SEK": 12, "SGD": 2,
    "THB": 38, "TRY": 45, "TWD": 36, "UAH": 46, "USD": 1, "ZAR": 20,
}  # fmt: skip
"""How much of a currency is about a euro; prices in others are not judged."""


def moment(value: Json) -> datetime | None:
    """Return a timestamp, in UTC where it has no zone; None where it is none."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read and read.tzinfo is None else read


@cache
def _currencies() -> frozenset[str]:
    from iso4217 import Currency  # noqa: PLC0415 - only where tariffs are checked

    return frozenset(one.value for one in Currency)


def check_tariff(tariff: Json, now: datetime, findings: Findings) -> None:
    """Check all values of a tariff but its restrictions."""
    currency = tariff.get("currency")
    if isinstance(currency, str) and currency not in _currencies():
        findings.add("currency", "/currency", currency, "it is not in ISO 4217")
    _check_validity(tariff, now, findings)
    _check_limits(tariff, findings)
    parts = list(_parts(tariff))
    for at, part in parts:
        _check_part(at, part, str(currency), findings)
    _check_partly(tariff, parts, findings)
    _check_duplicates(tariff, findings)


def _parts(tariff: Json) -> Iterator[tuple[str, Json]]:
    for index, element in enumerate(tariff["elements"]):
        for place, part in components_of(element):
            yield f"/elements/{index}/price_components/{place}", part


def _check_validity(tariff: Json, now: datetime, findings: Findings) -> None:
    start, end = (moment(tariff.get(name)) for name in ("start_date_time", "end_date_time"))
    if end is None:
        return
    value = tariff["end_date_time"]
    if start is not None and end <= start:
        why = f"it is not after start_date_time, {tariff['start_date_time']}"
        findings.add("validity", "/end_date_time", value, why)
    elif end < now:
        findings.add("expired", "/end_date_time", value, "the tariff is no longer valid")


def _check_limits(tariff: Json, findings: Findings) -> None:
    for name in ("min_price", "max_price"):
        excl, incl = _sides(tariff, name)
        if excl is not None and incl is not None and incl[1] < excl[1]:
            why = f"it is below the amount without taxes, {excl[1]}"
            findings.add("limit-taxes", f"/{name}/{incl[0]}", incl[1], why)
    for least, most in zip(_sides(tariff, "min_price"), _sides(tariff, "max_price"), strict=True):
        if least is not None and most is not None and least[1] > most[1]:
            why = f"it is above max_price, {most[1]}; both limits cannot hold"
            findings.add("limits", f"/min_price/{least[0]}", least[1], why)


def _sides(tariff: Json, name: str) -> list[tuple[str, Decimal] | None]:
    """Return the names and amounts without and with taxes, None where there is none."""
    limit = tariff.get(name)
    source = limit if isinstance(limit, dict) else {}
    return [
        _first(source, "excl_vat", "before_taxes"),
        _first(source, "incl_vat", "after_taxes"),
    ]


def _first(source: Json, *names: str) -> tuple[str, Decimal] | None:
    for name in names:
        number = number_of(source.get(name))
        if number is not None:
            return name, number
    return None


def _check_part(at: str, part: Json, currency: str, findings: Findings) -> None:
    kind, step = part.get("type"), part.get("step_size")
    price, vat = number_of(part.get("price")), number_of(part.get("vat"))
    if price is not None:
        _check_price(at, str(kind), price, currency, findings)
    if vat is not None:
        _check_vat(f"{at}/vat", vat, findings)
    if isinstance(step, int) and not isinstance(step, bool) and kind != "FLAT":
        _check_step(f"{at}/step_size", str(kind), step, findings)


def _check_price(at: str, kind: str, price: Decimal, currency: str, findings: Findings) -> None:
    pointer = f"{at}/price"
    if price < 0:
        findings.add("price-negative", pointer, price, "a price must not be negative")
        return
    rate = _PER_EURO.get(currency)
    if rate is None or kind not in _DEAREST or not price:
        return
    unit = f"{currency} for one {_UNITS[kind]}"
    if price > _DEAREST[kind] * rate:
        why = f"{price} {unit} is too much; is it in a hundredth of the currency, or another unit?"
        findings.add("price-range", pointer, price, why)
    elif price < _CHEAPEST.get(kind, 0) * rate:
        why = f"{price} {unit} is too little; is it the price of one Wh, minute or second?"
        findings.add("price-range", pointer, price, why)


def _check_vat(at: str, vat: Decimal, findings: Findings) -> None:
    if 0 < vat < 1:
        why = f"VAT is in percent; is {(vat * 100).normalize():f} meant?"
        findings.add("vat-range", at, vat, why)
    elif not 0 <= vat <= _HIGHEST_VAT:
        why = f"no country has a VAT of {vat} percent"
        findings.add("vat-range", at, vat, why)


def _check_step(at: str, kind: str, step: int, findings: Findings) -> None:
    unit = "Wh" if kind == "ENERGY" else "seconds"
    if step <= 0:
        findings.add("step-size", at, step, f"a step of {step} {unit} is none; read as no steps")
    elif step > _LONGEST.get(kind, step):
        why = f"whoever charges pays for {step} {unit} at least"
        findings.add("step-size", at, step, why)


def _check_partly(tariff: Json, parts: list[tuple[str, Json]], findings: Findings) -> None:
    """Report prices without VAT beside others that have it; no VAT can be written as 0."""
    some = any(number_of(part.get("vat")) is not None for _, part in parts)
    if tariff.get("tax_included") == "N/A" or not some:
        return
    for at, part in parts:
        if number_of(part.get("price")) and number_of(part.get("vat")) is None:
            why = "vat is missing here, and given for other prices of the tariff; read as no VAT"
            findings.add("vat-partly", at, part.get("price"), why)


def _check_duplicates(tariff: Json, findings: Findings) -> None:
    for index, element in enumerate(tariff["elements"]):
        first: dict[str, int] = {}
        for place, part in components_of(element):
            kind = str(part.get("type"))
            if kind in first:
                at = f"/elements/{index}/price_components"
                why = (
                    f"a second price for {kind} in one element; the first is at {at}/{first[kind]}"
                )
                findings.add("duplicate-dimension", f"{at}/{place}", part.get("price"), why)
            first.setdefault(kind, place)
