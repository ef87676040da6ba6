"""Checks of sessions and CDRs: periods, totals, tokens and credits."""

from collections import defaultdict
from typing import Any, Final

from ocpi_conformance.validation.semantics._context import Context, Json, instant_of, items
from ocpi_conformance.validation.semantics._numbers import net, number

__all__ = ["check_credit", "check_end", "check_periods", "check_token_of", "check_totals"]

_PER_PERIOD: Final = 0.001
_SLACK: Final = 0.01
_HOURS_SLACK: Final = 0.02
_TOKEN: Final = ("country_code", "party_id", "uid", "type", "contract_id")
_PARTS: Final = ("fixed", "energy", "time", "parking", "reservation")
_HOUR: Final = 3600
_RESERVED: Final = "RESERVATION"
_END: Final = {"start_date_time": ("end_date_time", "stop_date_time"),
               "start_datetime": ("end_datetime",)}  # fmt: skip


def check_periods(value: Json, at: str, context: Context) -> None:
    """Warn where charging periods are out of order, outside, or have negative volumes."""
    start, end = moments(value)
    before = None
    for index, period in items(value, "charging_periods"):
        place = f"{at}/charging_periods/{index}"
        begin = period.get("start_date_time")
        pointer = f"{place}/start_date_time"
        if before is not None and context.is_before(begin, before):
            text = f"{begin} is before {before} of the period in front of it"
            context.warn("period-order", pointer, text, begin)
        if context.is_before(begin, start) or context.is_before(end, begin):
            text = f"{begin} is not between {start} and {end}, in which the session took place"
            context.warn("period-outside", pointer, text, begin)
        before = begin
        _check_volumes(period, place, context)


def _check_volumes(period: Json, at: str, context: Context) -> None:
    for index, dimension in items(period, "dimensions"):
        volume = number(dimension.get("volume"))
        signed = str(dimension.get("type")) in {"CURRENT", "POWER", "MIN_CURRENT", "MIN_POWER"}
        if volume is not None and volume < 0 and not signed:
            text = f"is {volume:g}; a volume of {dimension.get('type')} is not negative"
            context.warn("volume-negative", f"{at}/dimensions/{index}/volume", text, volume)


def moments(value: Json) -> tuple[Any, Any]:
    """Return when a session began and ended, whatever its version calls that."""
    for first, others in _END.items():
        if first in value:
            return value[first], next((value[one] for one in others if value.get(one)), None)
    return None, None


def volumes(value: Json) -> defaultdict[str, float]:
    """Return the volumes of all periods by dimension."""
    found: defaultdict[str, float] = defaultdict(float)
    for _, period in items(value, "charging_periods"):
        for _, dimension in items(period, "dimensions"):
            volume = number(dimension.get("volume"))
            found[str(dimension.get("type"))] += volume or 0
    return found


def check_end(value: Json, at: str, context: Context) -> None:
    """Warn where a session that is over has no end, or its energy is less than that of periods."""
    _, end = moments(value)
    if value.get("status") == "COMPLETED" and end is None:
        text = "is missing, although the status is COMPLETED"
        context.warn("session-end", f"{at}/status", f"the end {text}", "COMPLETED")
    total, energy = number(value.get("kwh")), volumes(value)["ENERGY"]
    _check_negative(value, at, context, "kwh")
    if total is None or not energy:
        return
    differs = abs(total - energy) > _slack(value)
    if differs and (value.get("status") == "COMPLETED" or energy > total):
        text = f"is {total:g}, but the periods have {energy:g} kWh of ENERGY"
        context.warn("energy-sum", f"{at}/kwh", text, total)


def check_totals(value: Json, at: str, context: Context) -> None:
    """Warn where the totals of a CDR are not the sums of its parts."""
    for name in ("total_energy", "total_time", "total_parking_time"):
        _check_negative(value, at, context, name)
    _check_energy(value, at, context)
    _check_time(value, at, context)
    _check_cost(value, at, context)


def _check_negative(value: Json, at: str, context: Context, name: str) -> None:
    found = number(value.get(name))
    if found is not None and found < 0 and not value.get("credit"):
        text = f"is {found:g}, and cannot be negative"
        context.warn("total-negative", f"{at}/{name}", text, found)


def _check_energy(value: Json, at: str, context: Context) -> None:
    total, found = number(value.get("total_energy")), volumes(value)
    if total is None or "ENERGY" not in found or value.get("credit"):
        return
    if abs(total - found["ENERGY"]) > _slack(value):
        text = f"is {total:g}, but the periods have {found['ENERGY']:g} kWh of ENERGY"
        context.warn("energy-sum", f"{at}/total_energy", text, total)


def _slack(value: Json) -> float:
    return _SLACK + _PER_PERIOD * len(items(value, "charging_periods"))


def _check_time(value: Json, at: str, context: Context) -> None:
    start, end = (instant_of(one) for one in moments(value))
    total = number(value.get("total_time"))
    if total is None or any(name.startswith(_RESERVED) for name in volumes(value)):
        return
    if start is not None and end is not None and end >= start and not value.get("credit"):
        hours = (end - start).total_seconds() / _HOUR
        if abs(total - hours) > _HOURS_SLACK + hours / 100:
            text = f"is {total:g} hours, but from start to end it is {hours:.4g}"
            context.warn("time-sum", f"{at}/total_time", text, total)
    parked = number(value.get("total_parking_time"))
    if parked is not None and parked > total + _HOURS_SLACK:
        text = f"is {parked:g} hours, longer than total_time, {total:g}"
        context.warn("time-sum", f"{at}/total_parking_time", text, parked)


def _check_cost(value: Json, at: str, context: Context) -> None:
    total = net(value.get("total_cost"))
    parts = {name: net(value.get(f"total_{name}_cost")) for name in _PARTS}
    known = [one for one in parts.values() if one is not None]
    capped = any("max_price" in tariff for _, tariff in items(value, "tariffs"))
    if total is None or not known or capped or value.get("credit"):
        return
    if sum(known) > total + _SLACK * len(known):
        names = ", ".join(f"total_{name}_cost" for name, one in parts.items() if one is not None)
        text = f"is {total:g}, less than {sum(known):g}, the sum of {names}"
        context.warn("cost-sum", f"{at}/total_cost", text, total)


def check_token_of(value: Json, at: str, context: Context) -> None:
    """Warn where the token in a session or CDR is not complete."""
    if "cdr_token" not in value:
        return
    token = value["cdr_token"] if isinstance(value["cdr_token"], dict) else {}
    for name in _TOKEN:
        if name in token and not str(token[name] or "").strip():
            text = "is empty, and the session cannot be billed without it"
            context.warn("cdr-token", f"{at}/cdr_token/{name}", text, token[name])


def check_credit(value: Json, at: str, context: Context) -> None:
    """Warn where a credit CDR does not name the CDR that it is for, or costs something."""
    if value.get("credit") is not True:
        if value.get("credit_reference_id"):
            text = "is there, but credit is not true"
            context.warn("credit", f"{at}/credit_reference_id", text)
        return
    meant = value.get("credit_reference_id")
    if not meant:
        text = "credit_reference_id is missing, although the CDR is a credit"
        context.warn("credit", f"{at}/credit", text)
    elif str(meant).lower() == str(value.get("id")).lower():
        context.warn("credit", f"{at}/credit_reference_id", f"{meant} is the CDR itself", meant)
    total = net(value.get("total_cost"))
    if total is not None and total > 0:
        text = f"is {total:g}, but a credit has the amounts of the CDR as negative numbers"
        context.warn("credit", f"{at}/total_cost", text, total)
