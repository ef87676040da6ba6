"""A map of locations: which points and which part of the world are drawn."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from ocpi_server.store import Stored

__all__ = ["Frame", "Mark", "frame_of", "marks", "outline", "places", "read_frame"]

_UNIT: Final = 10
"""Places are in tenths of a degree at the equator, by the projection of Mercator."""
_WORLD: Final = (-1800, -1750, 3600, 2550)
_LEAST: Final = 30
_MARGIN: Final = 0.15
_RATIO: Final = 0.6
_SINGLE, _SEVERAL, _LARGEST = 0.3, 0.42, 0.5
"""Radii of points, as parts of the distance that they have at least: they do not overlap."""
_CLOSEST: Final = 0.05
"""A frame of half a kilometre is not looked at more closely."""
_SMALLEST: Final = 0.001
_STEEPEST: Final = 84.0


class _Coordinates(msgspec.Struct):
    latitude: Any = None
    longitude: Any = None


class _Location(msgspec.Struct):
    coordinates: _Coordinates | None = None
    name: Any = None
    city: Any = None


_decoder: Final = msgspec.json.Decoder(_Location)


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the world that is drawn."""

    x: float
    y: float
    width: float
    height: float

    def __str__(self) -> str:
        return f"{self.x:.4f} {self.y:.4f} {self.width:.4f} {self.height:.4f}"

    def inside(
        self, points: Iterable[tuple[float, float, int, str]]
    ) -> list[tuple[float, float, int, str]]:
        """Return the points that lie in it."""
        right, bottom = self.x + self.width, self.y + self.height
        return [
            each for each in points if self.x <= each[0] <= right and self.y <= each[1] <= bottom
        ]


@dataclass(frozen=True, slots=True)
class Mark:
    """Locations near each other, as one point.

    Attributes:
        x: The place of the first of them.
        y: Likewise.
        size: Its radius.
        locations: Where and what they are: place in the store, and name.
    """

    x: float
    y: float
    size: float
    locations: Sequence[tuple[int, str]]

    def around(self, frame: Frame) -> Frame | None:
        """Return a part of a frame with the mark in its middle, a quarter as wide.

        Returns:
            None where a closer look would not separate its locations.
        """
        if frame.width <= _CLOSEST:
            return None
        width, height = frame.width / 4, frame.height / 4
        return Frame(self.x - width / 2, self.y - height / 2, width, height)


@cache
def outline() -> Mapping[str, str]:
    """Return the paths of land and borders, from Natural Earth (public domain)."""
    text = files(__package__).joinpath("world.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, str])


def places(found: Iterable[Stored]) -> list[tuple[float, float, int, str]]:
    """Return where locations are; those without usable coordinates are left out."""
    known = []
    for stored in found:
        place = _place(stored)
        if place is not None:
            known.append(place)
    return known


def _place(stored: Stored) -> tuple[float, float, int, str] | None:
    try:
        value = _decoder.decode(stored.raw)
        point = value.coordinates or _Coordinates()
        longitude, latitude = float(point.longitude), float(point.latitude)
    except (msgspec.DecodeError, TypeError, ValueError):
        return None
    if not (abs(longitude) <= 180 and abs(latitude) <= _STEEPEST):  # noqa: PLR2004 - degrees
        return None
    tall = math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))
    name = ", ".join(str(each) for each in (value.name, value.city) if each)
    return longitude * _UNIT, -tall * _UNIT, stored.seq, name or stored.key.uid


def frame_of(points: Sequence[tuple[float, float, int, str]]) -> Frame:
    """Return the frame that has all of some points, with a margin; the world without any."""
    if not points:
        return Frame(*_WORLD)
    left, right = min(each[0] for each in points), max(each[0] for each in points)
    top, bottom = min(each[1] for each in points), max(each[1] for each in points)
    width = max((right - left) * (1 + 2 * _MARGIN), _LEAST)
    height = max((bottom - top) * (1 + 2 * _MARGIN), width * _RATIO)
    width = max(width, height / _RATIO)
    return Frame((left + right - width) / 2, (top + bottom - height) / 2, width, height)


def read_frame(text: str) -> Frame | None:
    """Read a frame of a URL; None where it is none."""
    try:
        x, y, width, height = (float(part) for part in text.split())
    except ValueError:
        return None
    usual = all(abs(each) < 1e4 for each in (x, y, width, height))  # noqa: PLR2004 - the world
    return Frame(x, y, width, height) if usual and min(width, height) > _SMALLEST else None


def marks(points: Iterable[tuple[float, float, int, str]], frame: Frame, across: int) -> list[Mark]:
    """Return points as marks; those that would overlap are one mark.

    Args:
        points: Where locations are, all of them in the frame.
        frame: What is drawn.
        across: How many marks have room beside each other.
    """
    gap = frame.width / across
    found: dict[tuple[int, int], list[tuple[float, float, int, str]]] = {}
    for point in points:
        cell = int(point[0] // gap), int(point[1] // gap)
        found.setdefault(_cell_near(found, cell, point, gap), []).append(point)
    return [_mark(group, gap) for group in found.values()]


def _cell_near(
    found: Mapping[tuple[int, int], Sequence[tuple[float, float, int, str]]],
    cell: tuple[int, int],
    point: tuple[float, float, int, str],
    gap: float,
) -> tuple[int, int]:
    """Return the cell of a mark that a point would overlap with, or its own."""
    if cell in found:
        return cell
    for each in ((cell[0] + x, cell[1] + y) for x in (-1, 0, 1) for y in (-1, 0, 1)):
        if each in found and math.dist(found[each][0][:2], point[:2]) < gap:
            return each
    return cell


def _mark(group: Sequence[tuple[float, float, int, str]], gap: float) -> Mark:
    several = _SEVERAL + 0.01 * math.log2(len(group))
    size = gap * (_SINGLE if len(group) == 1 else min(several, _LARGEST))
    x, y = group[0][:2]
    return Mark(x, y, size, [(each[2], each[3]) for each in group])
