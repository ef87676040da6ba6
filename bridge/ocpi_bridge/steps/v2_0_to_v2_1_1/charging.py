"""Sessions and CDRs: the usage of a CDR becomes totals."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import ocpi_bindings.v2_0.models as old
import ocpi_bindings.v2_1_1.models as new
from ocpi_bridge._exactly import NoNumber, exact, total
from ocpi_bridge._passage import Passage
from ocpi_bridge._present import items, present
from ocpi_bridge.steps.v2_0_to_v2_1_1._common import STEP, date_of_context

_TOTALS: Final = ("ENERGY", "TIME", "PARKING_TIME")

STEP.rule(old.Session, new.Session)(date_of_context)


@STEP.rule(old.CDR, new.CDR)
def _cdr(passage: Passage[old.CDR]) -> None:
    date_of_context(passage)
    usage = _usage(passage)
    _total_energy(passage, usage)
    _total_time(passage, usage)
    if present(passage.source.stop_date_time) is None:
        _stop_date_time(passage, usage)


def _usage(passage: Passage[old.CDR]) -> dict[str, Decimal]:
    """Sum up total_usage by dimension, and report what does not come back from that."""
    dimensions = items(passage.source.total_usage)
    passage.spend("total_usage")
    kinds = [each.type for each in dimensions]
    for index, kind in enumerate(kinds):
        fault = _fault(dimensions[index])
        if fault:
            passage.lose_below(("total_usage", index), fault)
        elif kind not in _TOTALS:
            passage.lose_below(("total_usage", index), f"OCPI 2.1.1 has no total of {kind}")
        elif kinds.count(kind) > 1:
            reason = f"OCPI 2.1.1 has one total of {kind}; they are added up"
            passage.lose_below(("total_usage", index), reason)
    return _sums(dimensions)


def _fault(dimension: old.CdrDimension) -> str:
    """Tell why a volume is no number; nothing if it is one."""
    try:
        exact(dimension.volume)
    except NoNumber as error:
        return str(error)
    return ""


def _sums(dimensions: Sequence[old.CdrDimension]) -> dict[str, Decimal]:
    volumes: dict[str, list[Decimal]] = {}
    for each in dimensions:
        if each.type in _TOTALS and not _fault(each):
            volumes.setdefault(each.type, []).append(exact(each.volume))
    return {kind: total(found) for kind, found in volumes.items()}


def _measured(passage: Passage[old.CDR]) -> dict[str, Decimal]:
    """Sum up what the charging periods say."""
    periods = passage.source.charging_periods
    return _sums([each for period in periods for each in period.dimensions])


def _total_energy(passage: Passage[old.CDR], usage: dict[str, Decimal]) -> None:
    if "ENERGY" in usage:
        passage.put("total_energy", usage["ENERGY"])
        passage.move(("total_energy",), ("total_usage",))
    else:
        energy = _measured(passage).get("ENERGY", Decimal(0))
        passage.assume("total_energy", energy, "the sum of the charging periods")


def _total_time(passage: Passage[old.CDR], usage: dict[str, Decimal]) -> None:
    """Put times together: the total of 2.1.1 is with the time without charging."""
    parking = usage.get("PARKING_TIME")
    if parking is not None:
        passage.put("total_parking_time", parking)
        passage.move(("total_parking_time",), ("total_usage",))
    if "TIME" in usage or parking is not None:
        passage.put("total_time", total(usage.get(k, Decimal(0)) for k in _TOTALS[1:]))
        passage.move(("total_time",), ("total_usage",))
        return
    hours, reason = _hours(passage)
    passage.assume("total_time", hours, reason)


def _hours(passage: Passage[old.CDR]) -> tuple[Decimal, str]:
    end = present(passage.source.stop_date_time)
    if end is None:
        measured = _measured(passage)
        hours = total(measured.get(kind, Decimal(0)) for kind in _TOTALS[1:])
        return hours, "the sum of the charging periods"
    seconds = Decimal((end - passage.source.start_date_time) / timedelta(seconds=1))
    return round(seconds / 3600, 4), "the time between start and end"


def _stop_date_time(passage: Passage[old.CDR], usage: dict[str, Decimal]) -> None:
    source = passage.source
    known = usage if "TIME" in usage or "PARKING_TIME" in usage else _measured(passage)
    hours = total(known.get(kind, Decimal(0)) for kind in _TOTALS[1:])
    latest = max(
        [source.start_date_time, *(each.start_date_time for each in source.charging_periods)]
    )
    end = max(latest, _later(source.start_date_time, hours))
    passage.assume("stop_date_time", end, "the start, and the time that was measured")


def _later(moment: datetime, hours: Decimal) -> datetime:
    try:
        return moment + timedelta(hours=float(hours))
    except OverflowError:
        return moment
