"""Charts of bars, as the numbers that templates draw them from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["Bar", "Chart", "chart"]

_WIDTH: Final = 300.0
_HEIGHT: Final = 60.0
_FILLED: Final = 0.8
"""The part of its place that a bar takes."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of two parts, one on the other.

    Attributes:
        left: Its left side.
        low: The height of the lower part.
        high: The height of the upper part.
        label: What it stands for.
    """

    left: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Attributes:
        bars: Its bars, from left to right.
        width: How wide a bar is.
        highest: The largest sum of two parts.
        low: The sum of all lower parts.
        high: The sum of all upper parts.
    """

    bars: tuple[Bar, ...] = ()
    width: float = 0.0
    highest: float = 0.0
    low: float = 0.0
    high: float = 0.0

    @property
    def total(self) -> float:
        """The sum of all parts."""
        return self.low + self.high


def chart(values: Sequence[tuple[float, float, str]]) -> Chart:
    """Return the chart of some values: for each its lower part, its upper part, and a label."""
    highest = max((low + high for low, high, _ in values), default=0.0)
    scale, step = _HEIGHT / (highest or 1), _WIDTH / max(len(values), 1)
    bars = tuple(
        Bar(at * step, low * scale, high * scale, label)
        for at, (low, high, label) in enumerate(values)
    )
    low, high = sum(each[0] for each in values), sum(each[1] for each in values)
    return Chart(bars, step * _FILLED, highest, low, high)
