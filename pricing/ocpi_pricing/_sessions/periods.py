"""Charging periods as exact numbers, in their order, with what is doubtful about them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from ocpi_pricing._cost import PriceWarning, PricingError
from ocpi_pricing._numbers import ZERO, exact, four_decimals, hours, optional, plain, sum_exact
from ocpi_pricing._sessions.clock import Span
from ocpi_pricing._sessions.known import HOURS
from ocpi_pricing._shapes import CdrDimensionLike, ChargingPeriodLike
from ocpi_pricing._tariffs.conditions import Bounds
from ocpi_runtime.types import same_ci

__all__ = ["CONSUMED", "Period", "read_periods"]

CONSUMED = ("RESERVATION_TIME", "ENERGY", "TIME", "PARKING_TIME")
"""The dimensions that can be billed, in the order in which a period uses them."""

_TOLERATED = 60_000_000
"""By how much the hours of a period may be longer than it is, in microseconds."""


@dataclass(slots=True, eq=False)
class Period:
    """A charging period.

    Attributes:
        index: Its place in what was given, None if nothing was.
        begin: Microseconds from the start of the session.
        end: Likewise.
        energy: kWh of the session before it.
        volumes: What it measured, by dimension.
        ours: Whether the tariff is the one of this period; None if it has no tariff.
    """

    index: int | None
    begin: int
    end: int
    energy: Fraction
    volumes: dict[str, Fraction]
    ours: bool | None

    @property
    def only_reserves(self) -> bool:
        """Return whether the session has not begun yet."""
        used = (self.volumes.get(kind) for kind in CONSUMED[1:])
        return "RESERVATION_TIME" in self.volumes and not any(used)

    @property
    def length(self) -> int:
        """Microseconds from its begin to its end."""
        return self.end - self.begin

    @property
    def used(self) -> Fraction:
        """Energy in kWh."""
        return self.volumes.get("ENERGY", ZERO)

    @property
    def consumes(self) -> bool:
        """Return whether something was used that can be billed."""
        return any(self.volumes.get(kind) for kind in CONSUMED)

    @property
    def pointer(self) -> str:
        """JSON pointer to it in the CDR."""
        return f"/charging_periods/{self.index}"

    def load(self, name: str) -> Bounds:
        """Return the lowest and the highest current or power, as far as known."""
        low, mean, high = (self.volumes.get(f"{which}{name}") for which in ("MIN_", "", "MAX_"))
        stated = [value for value in (low, mean, high) if value is not None]
        if not stated:
            derived = self._derived(name)
            return derived, derived
        return stated[0], stated[-1]

    def _derived(self, name: str) -> Fraction | None:
        charging = self.volumes.get("TIME", ZERO)
        if not self.used and not charging:
            return ZERO
        if name != "POWER" or "ENERGY" not in self.volumes:
            return None
        length = charging or Fraction(self.end - self.begin, 3_600_000_000)
        return self.used / length if length else None


def read_periods(
    source: Sequence[ChargingPeriodLike], span: Span, tariff_id: str, warnings: list[PriceWarning]
) -> tuple[Period, ...]:
    """Put the periods of a session in order; at least one.

    Args:
        source: As in the CDR.
        span: The session.
        tariff_id: Of the tariff that is applied.
        warnings: Takes the doubts.

    Raises:
        PricingError: A period begins outside of the session, or two that begin together have
            different tariffs.
    """
    end = span.length
    if not source:
        return (Period(None, 0, end, ZERO, {}, ours=True),)
    ours = _owned(source, tariff_id, warnings)
    read = [
        Period(index, _begin(index, period, span), end, ZERO, _volumes(index, period), ours[index])
        for index, period in enumerate(source)
    ]
    read.sort(key=lambda period: period.begin)
    read = _joined(_within(read, span, source, warnings), warnings)
    _close(read)
    warnings += _oddities(read, end)
    _count_energy(read)
    return tuple(read)


def _begin(index: int, period: ChargingPeriodLike, span: Span) -> int:
    if period.start_date_time.tzinfo is None:
        raise PricingError("charging periods need a time zone")
    begin = span.micros(period.start_date_time)
    if begin > span.length:
        raise PricingError(
            f"the period of {period.start_date_time} is outside of the session, which ends at "
            f"{span.end}; correct one of them",
            f"/charging_periods/{index}/start_date_time",
        )
    return begin


def _within(
    read: list[Period],
    span: Span,
    source: Sequence[ChargingPeriodLike],
    warnings: list[PriceWarning],
) -> list[Period]:
    """Move the begin of a first period that is before the session to its start."""
    first, *others = read
    if first.begin >= 0:
        return read
    at = f"{first.pointer}/start_date_time"
    if others and others[0].begin <= 0:
        raise PricingError(
            f"more than one period begins before {span.start}, outside of the session; "
            "correct start_date_time",
            at,
        )
    began = source[first.index or 0].start_date_time
    message = f"{began} is before the start of the session, {span.start}; taken as begun there"
    warnings.append(PriceWarning("period-before-start", at, message))
    return [replace(first, begin=0), *others]


def _joined(read: list[Period], warnings: list[PriceWarning]) -> list[Period]:
    """Put periods that begin at the same moment together: their parts were used side by side."""
    joined = read[:1]
    for period in read[1:]:
        if period.begin != joined[-1].begin:
            joined.append(period)
            continue
        at, before = f"{period.pointer}/start_date_time", joined[-1]
        if before.ours != period.ours and before.consumes and period.consumes:
            message = f"it begins together with {before.pointer}, with another tariff; correct one"
            raise PricingError(message, at)
        message = f"it begins together with {before.pointer}; both are priced as one period"
        warnings.append(PriceWarning("periods-same-start", at, message))
        joined[-1] = _both(before, period)
    return joined


def _both(one: Period, other: Period) -> Period:
    volumes = dict(one.volumes)
    for kind, value in other.volumes.items():
        volumes[kind] = _combined(kind, volumes[kind], value) if kind in volumes else value
    return replace(one if one.consumes else other, index=one.index, volumes=volumes)


def _combined(kind: str, one: Fraction, other: Fraction) -> Fraction:
    if kind in CONSUMED:
        return one + other
    if kind.startswith("MIN_"):
        return min(one, other)
    return max(one, other) if kind.startswith("MAX_") else other


def _close(read: list[Period]) -> None:
    """Set the end of each period to where the next one begins."""
    for period, following in pairwise(read):
        period.end = following.begin


def _oddities(read: list[Period], end: int) -> Iterator[PriceWarning]:
    for period in read:
        listed = sum_exact(period.volumes.get(kind, ZERO) for kind in HOURS)
        at = f"{period.pointer}/dimensions"
        if period.begin == end and end and period.consumes:
            message = "it begins at the end of the session; priced as used at that moment"
            yield PriceWarning("period-at-end", f"{period.pointer}/start_date_time", message)
        elif listed.numerator * 3_600_000_000 > (period.length + _TOLERATED) * listed.denominator:
            message = "it lists more hours than it lasts; billed as listed"
            yield PriceWarning("period-too-short", at, message)


def _count_energy(read: list[Period]) -> None:
    """Count the energy before each period.

    The sums are rounded to four decimals rather than each volume: neither the noise of floats nor
    what rounding many small volumes adds up to is billed.
    """
    exactly = before = ZERO
    for period in read:
        period.energy = before
        if period.used:
            exactly += period.used
            after = four_decimals(exactly)
            period.volumes["ENERGY"] = after - before
            before = after


def _owned(
    source: Sequence[ChargingPeriodLike], tariff_id: str, warnings: list[PriceWarning]
) -> list[bool | None]:
    names = [_tariff_id(period) for period in source]
    if all(name is None for name in names):
        return [True] * len(names)
    ours = [None if name is None else same_ci(name, tariff_id) for name in names]
    if None in ours:
        message = "no tariff is named here, but in other periods; nothing is charged"
        at = f"/charging_periods/{ours.index(None)}"
        warnings.append(PriceWarning("period-without-tariff", at, message))
    if True not in ours:
        message = f"no period names the tariff {tariff_id!r}; nothing is charged by it"
        warnings.append(PriceWarning("tariff-not-named", "/charging_periods", message))
    return ours


def _tariff_id(period: ChargingPeriodLike) -> str | None:
    """Read the tariff of a period; blanks and #NA are what some partners send for none."""
    name = optional(period, "tariff_id")
    return None if name is None or name.strip() in {"", "#NA"} else name


def _volumes(index: int, period: ChargingPeriodLike) -> dict[str, Fraction]:
    dimensions: Iterable[CdrDimensionLike] = period.dimensions
    volumes: dict[str, Fraction] = {}
    for place, dimension in enumerate(dimensions):
        kind, at = plain(dimension.type), f"/charging_periods/{index}/dimensions/{place}/volume"
        value = hours(dimension.volume, at) if kind in HOURS else exact(dimension.volume, at)
        volumes[kind] = volumes.get(kind, ZERO) + value if kind in CONSUMED else value
    return volumes
