"""Restrictions as sets: which moments of which sessions an element is for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from ocpi_pricing._tariffs.conditions import DAY, DAYS
from ocpi_pricing.lint._limits import Limits

__all__ = ["Box", "Space", "TooMany", "is_within", "overlaps", "remaining"]

Box: TypeAlias = tuple[frozenset[int], ...]
"""For each axis the parts that belong to it; a moment belongs to the box if all its parts do."""

_MOST = 2000
_NUMBERS = ("kwh", "duration", "current", "power")
_UNITS = {"kwh": "kWh", "duration": "seconds", "current": "A", "power": "kW"}


class TooMany(Exception):
    """There are more combinations of restrictions than are looked at."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """One kind of restriction, cut where a limit of any element lies."""

    name: str
    cuts: tuple[Decimal | int | date, ...]

    @property
    def parts(self) -> frozenset[int]:
        """All of it; part n lies before cut n, the last one after all cuts."""
        return frozenset(range(len(self.cuts) + 1))

    def between(
        self, least: Decimal | int | date | None, above: Decimal | int | date | None
    ) -> frozenset[int]:
        """Return the parts from a limit up to another one."""
        first = 0 if least is None else self.cuts.index(least) + 1
        last = len(self.cuts) if above is None else self.cuts.index(above)
        return frozenset(range(first, last + 1))


class Space:
    """All moments of all sessions, as far as the restrictions of some elements tell them apart."""

    def __init__(self, elements: Iterable[Limits], *, parking: bool) -> None:
        limits = list(elements)
        minutes = {minute for one in limits for span in one.spans for minute in span}
        dates = {each for one in limits for each in one.dates if each is not None}
        self._times = _Axis("time", tuple(sorted(minutes - {0, DAY})))
        self._dates = _Axis("date", tuple(sorted(dates)))
        self._numbers = {
            name: _Axis(name, tuple(sorted(_bounds(limits, name)))) for name in _NUMBERS
        }
        self._parking = parking
        self.whole = self._box(Limits())

    def box(self, limits: Limits) -> Box:
        """Return the part of the space in which all restrictions match."""
        return self._box(limits)

    def _box(self, limits: Limits) -> Box:
        days = frozenset(range(7)) if limits.days is None else limits.days
        return (days, self._spans(limits), self._dates.between(*limits.dates), *self._loads(limits))

    def _spans(self, limits: Limits) -> frozenset[int]:
        if not limits.spans:
            return self._times.parts
        parts = (
            self._times.between(first or None, last if last < DAY else None)
            for first, last in limits.spans
        )
        return frozenset[int]().union(*parts)

    def _loads(self, limits: Limits) -> Iterator[frozenset[int]]:
        for name in _NUMBERS:
            least, above = limits.ranges.get(name, (None, None))
            axis = self._numbers[name]
            parts = axis.between(_positive(least), _positive(above))
            if above is not None and above <= 0:
                parts = frozenset()
            if self._parking and name in {"current", "power"}:
                parts &= {0}  # nothing flows
            yield parts

    def describe(self, box: Box) -> str:
        """Return a box in words."""
        words = [*self._days(box), *self._clock(box), *self._when(box), *self._measured(box)]
        return ", ".join(words) or "at all times"

    def _days(self, box: Box) -> Iterator[str]:
        if box[0] != self.whole[0]:
            yield f"on {', '.join(DAYS[day] for day in sorted(box[0]))}"

    def _clock(self, box: Box) -> Iterator[str]:
        if box[1] != self.whole[1]:
            cuts = (0, *self._times.cuts, DAY)
            spans = (f"{_time(cuts[a])} to {_time(cuts[b + 1])}" for a, b in _runs(box[1]))
            yield f"from {' and '.join(spans)}"

    def _when(self, box: Box) -> Iterator[str]:
        if box[2] != self.whole[2]:
            yield _bounded(self._dates, box[2], "")

    def _measured(self, box: Box) -> Iterator[str]:
        for place, name in enumerate(_NUMBERS, 3):
            if box[place] != self.whole[place]:
                yield _bounded(self._numbers[name], box[place], f" {_UNITS[name]}")


def _bounds(limits: list[Limits], name: str) -> set[Decimal]:
    """Return where the space is cut; 0 is its begin."""
    pairs = [one.ranges[name] for one in limits if name in one.ranges]
    return {limit for pair in pairs for limit in pair if limit is not None and limit > 0}


def _positive(limit: Decimal | None) -> Decimal | None:
    return limit if limit is not None and limit > 0 else None


def _runs(parts: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of parts that follow each other."""
    ordered = sorted(parts)
    for part in ordered:
        if part - 1 not in parts:
            last = part
            while last + 1 in parts:
                last += 1
            yield part, last


def _time(minute: Decimal | int | date) -> str:
    assert isinstance(minute, int)  # noqa: S101 - the axis of times has minutes alone
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _bounded(axis: _Axis, parts: frozenset[int], unit: str) -> str:
    spans = []
    for first, last in _runs(parts):
        words = [f"from {axis.cuts[first - 1]}{unit}"] if first else []
        words += [f"below {axis.cuts[last]}{unit}"] if last < len(axis.cuts) else []
        spans.append(" ".join(words))
    return " and ".join(spans)


def overlaps(one: Box, other: Box) -> bool:
    """Return whether two boxes have a moment in common."""
    return all(mine & yours for mine, yours in zip(one, other, strict=True))


def is_within(inner: Box, outer: Box) -> bool:
    """Return whether a box is a part of another one."""
    return all(mine <= yours for mine, yours in zip(inner, outer, strict=True))


def remaining(box: Box, taken: Iterable[Box]) -> list[Box]:
    """Return what is left of a box without others.

    Raises:
        TooMany: It falls into more pieces than are looked at.
    """
    left = [box] if all(box) else []
    for other in taken:
        left = [piece for one in left for piece in _without(one, other)]
        if len(left) > _MOST:
            raise TooMany
    return left


def _without(box: Box, other: Box) -> Iterator[Box]:
    if not overlaps(box, other):
        yield box
        return
    rest = list(box)
    for place, parts in enumerate(other):
        outside = rest[place] - parts
        if outside:
            yield (*rest[:place], outside, *rest[place + 1 :])
        rest[place] &= parts
