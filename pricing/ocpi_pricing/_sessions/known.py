"""When a session was, where a CDR has 1970-01-01T00:00:00Z for a start or an end nobody knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from ocpi_pricing._cost import PriceWarning, PricingError
from ocpi_pricing._numbers import ZERO, hours, plain
from ocpi_pricing._shapes import ChargingPeriodLike

__all__ = ["HOURS", "Known", "known"]

HOURS = ("RESERVATION_TIME", "TIME", "PARKING_TIME")
"""The dimensions that are measured in hours."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Known:
    """Start and end as far as they can be known.

    Attributes:
        start: Of the session.
        end: Of the session.
        dated: Whether its date is known at all.
        warnings: What was assumed.
    """

    start: datetime
    end: datetime
    dated: bool = True
    warnings: list[PriceWarning] = field(default_factory=list)


def known(start: datetime, end: datetime, periods: Sequence[ChargingPeriodLike]) -> Known:
    """Derive a start or end that is not known from the charging periods.

    Raises:
        PricingError: A period has no time zone.
    """
    result = Known(start, end)
    if _EPOCH not in {start, end}:
        return result
    ordered = sorted(periods, key=_begin)
    if end == _EPOCH:
        result.end = _end(ordered, start)
        _warn(result, "unknown-end", "end_date_time", "the last period ends after its hours")
    if start == _EPOCH:
        result.start = _start(ordered, result.end)
        result.dated = result.start > _EPOCH
        _warn(result, "unknown-start", "start_date_time", "the first period has its hours")
    return result


def _warn(result: Known, rule: str, name: str, assumed: str) -> None:
    message = f"1970-01-01T00:00:00Z stands for an unknown time; {assumed}"
    result.warnings.append(PriceWarning(rule, f"/{name}", message))


def _begin(period: ChargingPeriodLike) -> datetime:
    if period.start_date_time.tzinfo is None:
        raise PricingError("charging periods need a time zone")
    return period.start_date_time


def _end(ordered: Sequence[ChargingPeriodLike], start: datetime) -> datetime:
    if not ordered:
        return start
    last = ordered[-1]
    return last.start_date_time + _length(last)


def _start(ordered: Sequence[ChargingPeriodLike], end: datetime) -> datetime:
    if not ordered:
        return end
    if ordered[0].start_date_time != _EPOCH:
        return ordered[0].start_date_time
    return [*(one.start_date_time for one in ordered[1:]), end][0] - _length(ordered[0])


def _length(period: ChargingPeriodLike) -> timedelta:
    total = sum(_listed(period), ZERO)
    return timedelta(microseconds=int(total * 3_600_000_000))


def _listed(period: ChargingPeriodLike) -> Iterator[Fraction]:
    for dimension in period.dimensions:
        if plain(dimension.type) in HOURS:
            yield hours(dimension.volume)
