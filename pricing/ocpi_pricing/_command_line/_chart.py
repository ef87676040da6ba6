"""The cost over the duration as an SVG chart."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ocpi_pricing.preview import Point

__all__ = ["Chart", "Tick", "chart"]

_WIDTH, _HEIGHT = 640, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 16, 40
_STEPS = tuple(Decimal(step) for step in ("1", "2", "2.5", "5"))
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it is, and its text."""

    at: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What a template draws, in units of the view box.

    Attributes:
        line: The points of the line.
        area: The line, closed at the bottom.
        hours: Ticks of the lower axis.
        money: Ticks of the left axis.
        parking: Where charging ends, None if it does at the end.
    """

    line: str
    area: str
    hours: tuple[Tick, ...]
    money: tuple[Tick, ...]
    parking: Decimal | None
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = _HEIGHT - _BOTTOM


def chart(points: tuple[Point, ...], charging: Decimal) -> Chart:
    """Lay out the cost over the duration.

    Args:
        points: With one amount each; those without VAT where it is not known.
        charging: Hours after which charging ends.
    """
    amounts = [amount_of(one) for one in points]
    longest, dearest = points[-1].hours or Decimal(1), max([*amounts, Decimal(0)]) or Decimal(1)
    money = list(_ticks(dearest))
    top = max(dearest, Decimal(money[-1].text))
    places = [
        (_along(one.hours / longest), _up(amount / top))
        for one, amount in zip(points, amounts, strict=True)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    base = _HEIGHT - _BOTTOM
    return Chart(
        line=line,
        area=f"{_LEFT},{base} {line} {_WIDTH - _RIGHT},{base}",
        hours=tuple(Tick(_along(Decimal(one.text) / longest), one.text) for one in _ticks(longest)),
        money=tuple(Tick(_up(Decimal(one.text) / top), one.text) for one in money),
        parking=_along(charging / longest) if charging < longest else None,
    )


def amount_of(point: Point) -> Decimal:
    """Return what the driver pays; without taxes where they are not known."""
    cost = point.cost
    return next((one for one in (cost.incl_vat, cost.excl_vat) if one is not None), Decimal(0))


def _along(share: Decimal) -> Decimal:
    return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)


def _up(share: Decimal) -> Decimal:
    return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def _ticks(highest: Decimal) -> Iterator[Tick]:
    """Yield round values up to the highest."""
    power = Decimal(1).scaleb(highest.adjusted() - 1)
    steps = [step * power * scale for scale in (1, 10) for step in _STEPS]
    step = next((one for one in steps if highest / one <= _TICKS), steps[-1])
    value = Decimal(0)
    while value <= highest:
        yield Tick(Decimal(0), f"{value.normalize():f}")
        value += step
