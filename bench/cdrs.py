"""Made-up CDRs of any version that use all features of tariffs, for ``ocpi price --batch``.

    python -m bench.cdrs 10000 2.2.1 > cdrs.jsonl

The totals are those of our engine, so that every CDR agrees.
"""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

from bench.cdr_shapes import cdr_of, tariff_of
from ocpi_pricing import Cost, price
from ocpi_runtime.codec import decode, encode, format_timestamp

__all__ = ["cdrs", "main"]

_TARIFFS = 200
"""How many tariffs there are: those of a CPO, each for many CDRs."""
_START = datetime(2026, 3, 2, 6, tzinfo=UTC)
_WEEK = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]
_RESTRICTIONS: tuple[dict[str, Any], ...] = (
    {"start_time": "07:00", "end_time": "19:00"},
    {"start_time": "22:00", "end_time": "06:00", "day_of_week": _WEEK},
    {"start_date": "2026-03-01", "end_date": "2026-04-01"},
    {"min_kwh": 2, "max_kwh": 12.5},
    {"max_power": 11},
    {"min_current": 16, "max_current": 64},
    {"min_duration": 1800, "max_duration": 7200},
)
_STEPS = {"ENERGY": (1, 100, 1000), "TIME": (1, 60, 300), "PARKING_TIME": (60, 900), "FLAT": (1,)}


def cdrs(count: int, seed: int = 1, version: str = "2.2.1") -> Iterator[bytes]:
    """Yield CDRs as JSON text, the same for the same seed."""
    choose = random.Random(seed)  # noqa: S311 - no secret
    for index in range(count):
        yield encode(_cdr(index, choose, version))


def _component(kind: str, choose: random.Random) -> dict[str, Any]:
    price_ = Decimal(choose.randint(0, 90)) / 100
    return {"type": kind, "price": price_, "step_size": choose.choice(_STEPS[kind]), "vat": 21}


def _tariff(index: int) -> dict[str, Any]:
    choose = random.Random(index)  # noqa: S311 - no secret
    kinds = ("ENERGY", "TIME", "PARKING_TIME")
    elements: list[dict[str, Any]] = [{"price_components": [_component("FLAT", choose)]}]
    for restriction in choose.sample(_RESTRICTIONS, choose.randint(1, 4)):
        parts = [_component(kind, choose) for kind in choose.sample(kinds, choose.randint(1, 3))]
        elements.append({"price_components": parts, "restrictions": restriction})
    reserved = {"reservation": choose.choice(("RESERVATION", "RESERVATION_EXPIRES"))}
    elements.append({"price_components": [_component("TIME", choose)], "restrictions": reserved})
    elements.append({"price_components": [_component(kind, choose) for kind in kinds]})
    limits = {"min_price": {"excl_vat": 1}, "max_price": {"excl_vat": 30, "incl_vat": 36}}
    return {
        "country_code": "NL",
        "party_id": "EXA",
        "id": f"T{index}",
        "currency": "EUR",
        "elements": elements,
        "last_updated": "2026-01-01T00:00:00Z",
        **(limits if choose.random() < 1 / 2 else {}),
    }


def _periods(
    start: datetime, choose: random.Random, tariff_id: str, *, reserves: bool
) -> tuple[list[dict[str, Any]], datetime]:
    periods, at = [], start
    for place in range(choose.randint(1, 6)):
        minutes = choose.randint(5, 90)
        hours = (Decimal(minutes) / 60).quantize(Decimal("0.0001"))
        first = place == 0 and choose.random() < 1 / 5 and reserves
        kwh = Decimal(choose.randint(0, 15000)) / 1000
        dimensions = [
            {"type": "RESERVATION_TIME" if first else "TIME", "volume": hours},
            *([] if first else [{"type": "ENERGY", "volume": kwh}]),
            {"type": "MAX_CURRENT", "volume": choose.randint(6, 80)},
        ]
        if place and choose.random() < 1 / 4:
            dimensions = [{"type": "PARKING_TIME", "volume": hours}]
        periods.append({"start_date_time": at, "dimensions": dimensions, "tariff_id": tariff_id})
        at += timedelta(minutes=minutes)
    return periods, at


def _cdr(index: int, choose: random.Random, version: str) -> dict[str, Any]:
    start = _START + timedelta(minutes=choose.randint(0, 60 * 24 * 28))
    tariff = _tariff(index % _TARIFFS)
    taxes = ("YES", "NO", "N/A")[index % 3]
    periods, end = _periods(start, choose, tariff["id"], reserves=version != "2.1.1")
    shaped = tariff_of(version, tariff, taxes)
    cost = _cost(version, shaped, periods, start, end)
    whole = {
        "country_code": "NL",
        "party_id": "EXA",
        "id": f"CDR{index}",
        "start_date_time": start,
        "end_date_time": end,
        "auth_method": "WHITELIST",
        "currency": "EUR",
        "tariffs": [shaped],
        "charging_periods": periods,
        "last_updated": format_timestamp(end),
    }
    return cdr_of(version, whole, cost)


def _cost(
    version: str,
    tariff: dict[str, Any],
    periods: list[dict[str, Any]],
    start: datetime,
    end: datetime,
) -> Cost:
    models = import_module(f"ocpi_bindings.v{version.replace('.', '_')}.models")
    return price(
        decode(encode(tariff), models.Tariff),
        [decode(encode(one), models.ChargingPeriod) for one in periods],
        start=start,
        end=end,
        time_zone="Europe/Amsterdam",
    )


def main() -> None:
    """Write as many CDRs to stdout as the first argument asks for, of the version of the second."""
    for text in cdrs(int(sys.argv[1]), version=(*sys.argv, "2.2.1")[2]):
        sys.stdout.buffer.write(text + b"\n")


if __name__ == "__main__":
    main()
