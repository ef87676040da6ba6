"""Push lag over the last day, as a chart."""

from ocpi_server._clock import from_micros
from ocpi_server.console.charts._bars import Chart, chart
from ocpi_server.monitoring import LAG_STEP, LAG_STEPS, read_lags
from ocpi_server.store import Database

__all__ = ["lag_chart"]


async def lag_chart(
    database: Database, now: int, current: float | None, partner: str | None = None
) -> Chart:
    """Return the push lag of the last day, in seconds, with the current one at the end.

    Args:
        database: Where it is kept.
        now: The current time, in microseconds.
        current: The lag at present, in seconds; None: nothing waits.
        partner: The id of a partner; None: the longest lag of all.
    """
    lags = await read_lags(database, now, partner)
    last = now // LAG_STEP
    lags[last * LAG_STEP] = max(lags.get(last * LAG_STEP, 0), int(current or 0))
    places = range(last - LAG_STEPS + 1, last + 1)
    return chart([(lags.get(place * LAG_STEP, 0), 0, _label(place, lags)) for place in places])


def _label(place: int, lags: dict[int, int]) -> str:
    at = from_micros(place * LAG_STEP)
    return f"{at:%H:%M}: {lags.get(place * LAG_STEP, 0)} s"
