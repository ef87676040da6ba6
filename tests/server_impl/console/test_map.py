"""The outline that the map of the console is drawn with."""

import random
import re
from itertools import accumulate, combinations, pairwise
from math import dist

import pytest

from ocpi_server.console._map import Frame, marks, outline, read_frame

_HALF = 1800
"""Half the width of the world."""


def test_no_land_reaches_around_the_world() -> None:
    for part in outline()["land"].split("M")[1:]:
        begin, _, steps = part.rstrip("z").partition("l")
        moves = [int(each) for each in re.findall(r"-?\d+", steps)[::2]]
        places = list(accumulate(moves, initial=int(begin.split()[0])))
        wide = [pair for pair in pairwise([*places, places[0]]) if abs(pair[0] - pair[1]) > _HALF]
        assert wide == []


@pytest.mark.parametrize("across", [15, 45])
def test_no_point_overlaps_with_another(across: int) -> None:
    chance, frame = random.Random(7), Frame(0, 0, 300, 200)  # noqa: S311 - places
    points = [(chance.gauss(90, 40), chance.gauss(60, 40), at, f"L{at}") for at in range(1000)]
    found = marks(frame.inside(points), frame, across)
    seen = sorted(place for mark in found for place, _ in mark.locations)
    assert seen == [at for x, y, at, _ in points if 0 <= x <= 300 and 0 <= y <= 200]
    for one, other in combinations(found, 2):
        assert dist((one.x, one.y), (other.x, other.y)) >= one.size + other.size


def test_locations_at_one_place_are_not_looked_at_ever_more_closely() -> None:
    frame: Frame | None = Frame(0, 0, 300, 200)
    looks = 0
    while frame is not None:
        assert read_frame(str(frame)) is not None
        (mark,) = marks([(70.01234, 50.0, 1, "A"), (70.01234, 50.0, 2, "B")], frame, 15)
        frame, looks = mark.around(frame), looks + 1
    assert looks < 10


def test_a_frame_of_no_width_is_none() -> None:
    assert read_frame("70 50 1e-320 1e-320") is None
