"""Sessions and CDRs: the usage of a CDR becomes totals."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import ocpi_bindings.v2_0.models as old
import ocpi_bindings.v2_1_1.models as new
from ocpi_bridge._conversion.decimals import InvalidNumber, exact, total
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._steps.shared.optional import items, present
from ocpi_bridge._steps.v2_0_to_v2_1_1._common import STEP, date_of_context

_TOTALS: Final = ("ENERGY", "TIME", "PARKING_TIME")

STEP.rule(old.Session, new.Session)(date_of_context)


@STEP.rule(old.CDR, new.CDR)
def _cdr(conversion: ObjectConversion[old.CDR]) -> None:
    date_of_context(conversion)
    usage = _usage(conversion)
    _total_energy(conversion, usage)
    _total_time(conversion, usage)
    if present(conversion.source.stop_date_time) is None:
        _stop_date_time(conversion, usage)


def _usage(conversion: ObjectConversion[old.CDR]) -> dict[str, Decimal]:
    """Sum up total_usage by dimension, and report what does not come back from that."""
    dimensions = items(conversion.source.total_usage)
    conversion.mark_used("total_usage")
    kinds = [each.type for each in dimensions]
    for index, kind in enumerate(kinds):
        fault = _fault(dimensions[index])
        if fault:
            conversion.lose_below(("total_usage", index), fault)
        elif kind not in _TOTALS:
            reason = f"a total of {kind} cannot be represented in OCPI 2.1.1"
            conversion.lose_below(("total_usage", index), reason)
        elif kinds.count(kind) > 1:
            reason = f"two totals of {kind} cannot be represented in OCPI 2.1.1; they are added up"
            conversion.lose_below(("total_usage", index), reason)
    return _sums(dimensions)


def _fault(dimension: old.CdrDimension) -> str:
    """Return why a volume is not a number; an empty text if it is one."""
    try:
        exact(dimension.volume)
    except InvalidNumber as error:
        return str(error)
    return ""


def _sums(dimensions: Sequence[old.CdrDimension]) -> dict[str, Decimal]:
    volumes: dict[str, list[Decimal]] = {}
    for each in dimensions:
        if each.type in _TOTALS and not _fault(each):
            volumes.setdefault(each.type, []).append(exact(each.volume))
    return {kind: total(found) for kind, found in volumes.items()}


def _measured(conversion: ObjectConversion[old.CDR]) -> dict[str, Decimal]:
    """Sum up the charging periods."""
    periods = conversion.source.charging_periods
    return _sums([each for period in periods for each in period.dimensions])


def _total_energy(conversion: ObjectConversion[old.CDR], usage: dict[str, Decimal]) -> None:
    if "ENERGY" in usage:
        conversion.put("total_energy", usage["ENERGY"])
        conversion.move(("total_energy",), ("total_usage",))
    else:
        energy = _measured(conversion).get("ENERGY", Decimal(0))
        conversion.assume("total_energy", energy, "the sum of the charging periods")


def _total_time(conversion: ObjectConversion[old.CDR], usage: dict[str, Decimal]) -> None:
    """Put times together: the total of 2.1.1 is with the time without charging."""
    parking = usage.get("PARKING_TIME")
    if parking is not None:
        conversion.put("total_parking_time", parking)
        conversion.move(("total_parking_time",), ("total_usage",))
    if "TIME" in usage or parking is not None:
        conversion.put("total_time", total(usage.get(k, Decimal(0)) for k in _TOTALS[1:]))
        conversion.move(("total_time",), ("total_usage",))
        return
    hours, reason = _hours(conversion)
    conversion.assume("total_time", hours, reason)


def _hours(conversion: ObjectConversion[old.CDR]) -> tuple[Decimal, str]:
    end = present(conversion.source.stop_date_time)
    if end is None:
        measured = _measured(conversion)
        hours = total(measured.get(kind, Decimal(0)) for kind in _TOTALS[1:])
        return hours, "the sum of the charging periods"
    seconds = Decimal((end - conversion.source.start_date_time) / timedelta(seconds=1))
    return round(seconds / 3600, 4), "the time between start and end"


def _stop_date_time(conversion: ObjectConversion[old.CDR], usage: dict[str, Decimal]) -> None:
    source = conversion.source
    known = usage if "TIME" in usage or "PARKING_TIME" in usage else _measured(conversion)
    hours = total(known.get(kind, Decimal(0)) for kind in _TOTALS[1:])
    latest = max(
        [source.start_date_time, *(each.start_date_time for each in source.charging_periods)]
    )
    end = max(latest, _later(source.start_date_time, hours))
    conversion.assume("stop_date_time", end, "the start, and the time that was measured")


def _later(moment: datetime, hours: Decimal) -> datetime:
    try:
        return moment + timedelta(hours=float(hours))
    except OverflowError:
        return moment
