"""Charging periods of a CDR that a version can say nothing of."""

from typing import Any

from ocpi_bridge._journey import Inexpressible
from ocpi_bridge._passage import Passage

__all__ = ["carry_periods"]


def carry_periods(
    passage: Passage[Any], period: type[Any], dimension: type[Any], kind: Any
) -> None:
    """Carry the charging periods of a CDR over; a CDR has one at least.

    If none is left because the target knows none of their dimensions, the totals of the CDR
    become the only one.

    Args:
        passage: The CDR on its way.
        period: Class of charging periods in the target.
        dimension: Class of their dimensions.
        kind: The enumeration of these.
    """
    try:
        passage.carry("charging_periods")
    except Inexpressible as error:
        source = passage.source
        totals = {kind.ENERGY: source.total_energy, kind.TIME: source.total_time}
        dimensions = [dimension(type=each, volume=volume) for each, volume in totals.items()]
        whole = period(start_date_time=source.start_date_time, dimensions=dimensions)
        passage.assume("charging_periods", [whole], "the totals of the CDR, as one period")
        passage.lose("charging_periods", error.reason)
