"""What a CDR measured: its totals, and charging periods that a version cannot represent."""

from decimal import Decimal
from typing import Any

from ocpi_bridge._conversion.decimals import difference
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.step_run import NotRepresentable
from ocpi_bridge._steps.shared.optional import present

__all__ = ["carry_periods", "measured"]


def measured(cdr: Any) -> dict[str, Decimal]:
    """Return the totals of a CDR (2.1.1 or later) by dimension.

    Its total time is with the time without charging, while TIME is the time of charging alone.

    Raises:
        InvalidNumber: That is too large.
    """
    parking = present(cdr.total_parking_time)
    if parking is None:
        return {"ENERGY": cdr.total_energy, "TIME": cdr.total_time}
    charging = difference(cdr.total_time, parking)
    return {"ENERGY": cdr.total_energy, "TIME": charging, "PARKING_TIME": parking}


def carry_periods(
    conversion: ObjectConversion[Any], period: type[Any], dimension: type[Any], kind: Any
) -> None:
    """Carry the charging periods of a CDR over; a CDR has one at least.

    If none is left because the target knows none of their dimensions, the totals of the CDR
    become the only one.

    Args:
        conversion: The CDR on its way.
        period: Class of charging periods in the target.
        dimension: Class of their dimensions.
        kind: The enumeration of these.
    """
    try:
        conversion.carry("charging_periods")
    except NotRepresentable as error:
        totals = measured(conversion.source)
        dimensions = [dimension(type=kind(each), volume=volume) for each, volume in totals.items()]
        whole = period(start_date_time=conversion.source.start_date_time, dimensions=dimensions)
        conversion.assume("charging_periods", [whole], "the totals of the CDR, as one period")
        conversion.lose("charging_periods", error.reason)
