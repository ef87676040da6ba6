"""Make ``world.json``, the outline of land and borders of the console's map.

    python -m tests.server_impl.console.outline countries-50m.json

The file is that of the npm package ``world-atlas``, which repeats data of Natural Earth that is in
the public domain. Lines are simplified, projected by Mercator, and written as paths of SVG in
tenths of a degree at the equator, which ``ocpi_server.console._map`` reads.
"""

import json
import math
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import ocpi_server.console

Point = tuple[float, float]
_TOLERANCE: Final = 0.07
"""Degrees by which a simplified line may differ."""
_SOUTH, _NORTH = -58.0, 80.0
_LEAST: Final = 0.35
"""Islands of a smaller circumference, in degrees, are left out."""


def outline(topology: dict[str, Any]) -> dict[str, str]:
    """Return the paths of land and of borders."""
    arcs = [_simplified(each) for each in _arcs(topology)]
    objects = topology["objects"]
    rings = [_joined(each, arcs) for each in _rings(objects["land"]["geometries"])]
    land = [part for ring in rings for part in _parts(ring)]
    owners: dict[int, set[int]] = {}
    for number, country in enumerate(objects["countries"]["geometries"]):
        for ring in _rings([country]):
            for index in ring:
                owners.setdefault(index if index >= 0 else ~index, set()).add(number)
    borders = [arcs[index] for index, both in sorted(owners.items()) if len(both) > 1]
    shown = [ring for ring in land if _length(ring) > _LEAST and _is_shown(ring)]
    return {"land": _path(shown, closed=True), "borders": _path(borders, closed=False)}


def _arcs(topology: dict[str, Any]) -> Iterator[list[Point]]:
    (scale_x, scale_y), (move_x, move_y) = topology["transform"].values()
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        yield points


def _rings(geometries: Sequence[dict[str, Any]]) -> Iterator[list[int]]:
    for each in geometries:
        kind = each.get("type")
        polygons = [each["arcs"]] if kind == "Polygon" else each.get("arcs", [])
        for polygon in polygons:
            yield from polygon


def _joined(ring: Sequence[int], arcs: Sequence[list[Point]]) -> list[Point]:
    points: list[Point] = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points


def _parts(ring: list[Point]) -> list[list[Point]]:
    """Return the parts of a ring on both sides of the 180th meridian; the ring elsewhere.

    A step from one side to the other would be a band across the whole map.
    """
    jumps = [at for at, pair in enumerate(pairwise(ring), 1) if abs(pair[0][0] - pair[1][0]) > 180]
    if not jumps:
        return [ring]
    turned = ring[jumps[0] : -1] + ring[: jumps[0]]
    cuts = [0, *(at - jumps[0] for at in jumps[1:]), len(turned)]
    return [part for start, end in pairwise(cuts) if len(part := turned[start:end]) > 2]


def _simplified(points: list[Point]) -> list[Point]:
    """Leave out what is nearly on a line (Douglas and Peucker)."""
    if len(points) < 3:
        return points
    (x, y), (to_x, to_y) = points[0], points[-1]
    length = math.hypot(to_x - x, to_y - y)

    def away(point: Point) -> float:
        if not length:
            return math.hypot(point[0] - x, point[1] - y)
        return abs((to_x - x) * (y - point[1]) - (x - point[0]) * (to_y - y)) / length

    far = max(range(1, len(points) - 1), key=lambda at: away(points[at]))
    if away(points[far]) <= _TOLERANCE:
        return [points[0], points[-1]]
    return _simplified(points[: far + 1])[:-1] + _simplified(points[far:])


def _length(points: Sequence[Point]) -> float:
    return sum(math.dist(*pair) for pair in pairwise(points))


def _is_shown(points: Sequence[Point]) -> bool:
    return max(y for _, y in points) > _SOUTH


def _path(lines: Sequence[Sequence[Point]], *, closed: bool) -> str:
    parts = []
    for line in lines:
        places = [_projected(*point) for point in line]
        moves = [
            (x - at_x, y - at_y)
            for (at_x, at_y), (x, y) in pairwise(places)
            if (x, y) != (at_x, at_y)
        ]
        if moves:
            steps = "".join(f"{x}{y}" if y < 0 else f"{x} {y}" for x, y in _spaced(moves))
            parts.append(f"M{places[0][0]} {places[0][1]}l{steps.strip()}{'z' * closed}")
    return "".join(parts)


def _spaced(moves: Sequence[tuple[int, int]]) -> Iterator[tuple[str | int, int]]:
    for x, y in moves:
        yield (f" {x}" if x >= 0 else x), y


def _projected(longitude: float, latitude: float) -> tuple[int, int]:
    latitude = min(max(latitude, _SOUTH - 10), _NORTH + 4)
    tall = math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))
    return round(longitude * 10), round(-tall * 10)


if __name__ == "__main__":
    made = outline(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    target = Path(ocpi_server.console.__file__).with_name("world.json")
    target.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    sys.stderr.write(f"{target}: {target.stat().st_size} bytes\n")
