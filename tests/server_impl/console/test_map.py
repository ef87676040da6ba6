"""The outline that the map of the console is drawn with."""

import re
from itertools import accumulate, pairwise

from ocpi_server.console._map import outline

_HALF = 1800
"""Half the width of the world."""


def test_no_land_reaches_around_the_world() -> None:
    for part in outline()["land"].split("M")[1:]:
        begin, _, steps = part.rstrip("z").partition("l")
        moves = [int(each) for each in re.findall(r"-?\d+", steps)[::2]]
        places = list(accumulate(moves, initial=int(begin.split()[0])))
        wide = [pair for pair in pairwise([*places, places[0]]) if abs(pair[0] - pair[1]) > _HALF]
        assert wide == []
