"""Patterns as machines: states, and steps between them that a character takes or that are free."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

__all__ = ["LAST", "Machine", "Part", "Ranges", "chained", "either", "repeated", "within"]

Ranges = tuple[tuple[int, int], ...]
"""First and last code point of each range of characters."""

LAST: Final = 0x10FFFF
"""The last code point that there is."""

_MOST: Final = 4000

States = frozenset[int]


class Machine:
    """A pattern as states with steps between them; the first state is 0."""

    def __init__(self, part: "Part") -> None:
        self._free: list[list[int]] = [[]]
        self._bound: list[list[tuple[Ranges, int]]] = [[]]
        self._end = part(self, 0)

    def state(self) -> int:
        """Add a state."""
        self._free.append([])
        self._bound.append([])
        return len(self._free) - 1

    def skip(self, start: int, end: int) -> None:
        """Add a step that takes no character."""
        self._free[start].append(end)

    def take(self, start: int, ranges: Ranges) -> int:
        """Add a state that is reached by one character."""
        end = self.state()
        self._bound[start].append((ranges, end))
        return end

    def points(self) -> Iterator[int]:
        """List the characters where a range begins, or has just ended."""
        for steps in self._bound:
            for ranges, _ in steps:
                for first, last in ranges:
                    yield first
                    if last < LAST:
                        yield last + 1

    def begin(self) -> States:
        """Return the states before the first character."""
        return self._closed([0])

    def step(self, states: States, point: int) -> States:
        """Return the states after a character."""
        return self._closed(
            end
            for state in states
            for ranges, end in self._bound[state]
            if any(first <= point <= last for first, last in ranges)
        )

    def ends(self, states: States) -> bool:
        """Return whether a text may end here."""
        return self._end in states

    def _closed(self, states: Iterable[int]) -> States:
        waiting, found = list(states), set[int]()
        while waiting:
            state = waiting.pop()
            if state not in found:
                found.add(state)
                waiting += self._free[state]
        return frozenset(found)


Part = Callable[[Machine, int], int]
"""Builds a part of a pattern behind a state; returns the state at its end."""


def within(narrow: Machine, wide: Machine) -> bool:
    """Return whether one machine takes all texts of another one; False if that takes too long."""
    points = sorted({*narrow.points(), *wide.points(), 0})
    waiting = [(narrow.begin(), wide.begin())]
    seen = set(waiting)
    while waiting:
        one, other = waiting.pop()
        if narrow.ends(one) and not wide.ends(other):
            return False
        for point in points:
            pair = (narrow.step(one, point), wide.step(other, point))
            if pair[0] and pair not in seen:
                seen.add(pair)
                waiting.append(pair)
        if len(seen) > _MOST:
            return False
    return True


def chained(machine: Machine, start: int, parts: Iterable[Part]) -> int:
    """Build parts one behind the other."""
    for part in parts:
        start = part(machine, start)
    return start


def either(machine: Machine, start: int, parts: Iterable[Part]) -> int:
    """Build alternatives."""
    end = machine.state()
    for part in parts:
        first = machine.state()
        machine.skip(start, first)
        machine.skip(part(machine, first), end)
    return end


def repeated(machine: Machine, start: int, part: Part, least: int, most: int | None) -> int:
    """Build a part as often as it may occur."""
    end = machine.state()
    for _ in range(least):
        start = part(machine, start)
    if most is None:
        again = machine.state()  # nothing else leaves it, so that a loop gets nowhere else
        machine.skip(start, again)
        machine.skip(part(machine, again), again)
        machine.skip(again, end)
        return end
    machine.skip(start, end)
    for _ in range(most - least):
        start = part(machine, start)
        machine.skip(start, end)
    return end
