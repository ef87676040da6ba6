"""Another way to price a session: tick by tick, as a meter with a clock would."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from tests.pricing.shapes import Part, Restrictions, Tariff

__all__ = ["TICK", "ZONE", "simulate"]

TICK = timedelta(seconds=36)
ZONE = ZoneInfo("Europe/Amsterdam")
_HOURS = Fraction(1, 100)
_GROUPS = {"ENERGY": "ENERGY", "TIME": "TIME", "PARKING_TIME": "TIME"}


@dataclass(frozen=True)
class _Moment:
    """What restrictions look at."""

    clock: datetime
    kwh: Fraction
    seconds: Fraction
    kw: Fraction


@dataclass
class _Meter:
    """What was used and what it costs so far."""

    tariff: Tariff
    cost: Fraction = Fraction(0)
    started: bool = False
    used: dict[str, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    last: dict[str, Part] = field(default_factory=dict)

    def take(self, kind: str, quantity: Fraction, moment: _Moment) -> None:
        price = _price(self.tariff, kind, moment)
        if price is not None and quantity:
            self.cost += Fraction(price.price) * quantity
            self.used[kind] += quantity
            self.last[_GROUPS[kind]] = price

    def start(self, moment: _Moment) -> None:
        fee = None if self.started else _price(self.tariff, "FLAT", moment)
        if fee is not None:
            self.started = True
            self.cost += Fraction(fee.price)

    def total(self) -> Fraction:
        steps = Fraction(0)
        for price in self.last.values():
            step = Fraction(price.step_size, 1000 if price.type == "ENERGY" else 3600)
            if step:
                steps += -self.used[price.type] % step * Fraction(price.price)
        return self.cost + steps


def simulate(tariff: Tariff, start: datetime, parts: list[tuple[int, int, bool]]) -> Fraction:
    """Return the cost of a session without VAT.

    Args:
        tariff: With times of the day that are whole ticks after the start.
        start: Of the session.
        parts: Ticks, Wh in each, and whether the vehicle parks.
    """
    meter, tick, kwh = _Meter(tariff), 0, Fraction(0)
    for ticks, watt_hours, parks in parts:
        used = Fraction(0) if parks else Fraction(watt_hours, 1000)
        for _ in range(ticks):
            clock = (start + tick * TICK + TICK / 2).astimezone(ZONE)
            for first, last in pairwise(_cuts(tariff, kwh, used, tick * 36)):
                middle = (first + last) / 2
                seconds = tick * 36 + 36 * middle
                moment = _Moment(clock, kwh + used * middle, seconds, used / _HOURS)
                meter.start(moment)
                meter.take("PARKING_TIME" if parks else "TIME", (last - first) * _HOURS, moment)
                meter.take("ENERGY", (last - first) * used, moment)
            tick, kwh = tick + 1, kwh + used
    return meter.total()


def _cuts(tariff: Tariff, kwh: Fraction, used: Fraction, second: int) -> list[Fraction]:
    """Return where limits of energy and duration lie within a tick."""
    rules = [one.restrictions for one in tariff.elements if one.restrictions]
    energies = [limit for one in rules for limit in (one.min_kwh, one.max_kwh) if limit is not None]
    ages = [age for one in rules for age in (one.min_duration, one.max_duration) if age is not None]
    cuts = {(Fraction(limit) - kwh) / used for limit in energies if used}
    cuts |= {Fraction(age - second, 36) for age in ages}
    return [Fraction(0), *sorted(cut for cut in cuts if 0 < cut < 1), Fraction(1)]


def _price(tariff: Tariff, kind: str, moment: _Moment) -> Part | None:
    for element in tariff.elements:
        for part in element.price_components:
            if part.type == kind and all(_verdicts(element.restrictions, moment)):
                return part
    return None


def _verdicts(rules: Restrictions | None, moment: _Moment) -> Iterator[bool]:
    if rules is None:
        return
    clock = f"{moment.clock:%H:%M}"
    begin, end = rules.start_time or "00:00", rules.end_time or "24:00"
    end = "24:00" if end == "00:00" else end
    yield begin <= clock < end if begin < end else clock >= begin or clock < end
    yield not rules.day_of_week or f"{moment.clock:%A}".upper() in rules.day_of_week
    yield (rules.start_date or "") <= f"{moment.clock:%Y-%m-%d}" < (rules.end_date or "9999")
    for value, name in ((moment.kwh, "kwh"), (moment.seconds, "duration"), (moment.kw, "power")):
        least, above = getattr(rules, f"min_{name}"), getattr(rules, f"max_{name}")
        yield least is None or value >= least
        yield above is None or value < above
